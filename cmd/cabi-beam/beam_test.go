package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"

	"cabi/internal/bench"
	"cabi/internal/report"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// asCommand is the environment variable with which the test's program is cabi-beam itself: its arguments, as JSON.
const asCommand = "CABI_BEAM_ARGS"

func TestMain(m *testing.M) {
	flag.Parse()
	beam.Init()
	log.SetupLogging("error", "text")
	if text := os.Getenv(asCommand); text != "" {
		var args []string
		o, flags := &options{}, flag.NewFlagSet("cabi-beam", flag.ExitOnError)
		o.add(flags)
		if err := errors.Join(json.Unmarshal([]byte(text), &args), flags.Parse(args)); err != nil {
			panic(err)
		}
		os.Exit(o.main(flags.Args(), os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// command runs cabi-beam.
func command(t *testing.T, args ...string) (out, errOut string, code int) {
	t.Helper()
	o, flags := &options{}, flag.NewFlagSet("cabi-beam", flag.ContinueOnError)
	o.add(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	var b, e bytes.Buffer
	code = o.main(flags.Args(), &b, &e)
	return b.String(), e.String(), code
}

// counts are how many states each level of a world has, by the search of this machine alone.
func counts(t *testing.T, s model.Search, steps int) (levels []int, r *model.Report) {
	t.Helper()
	before := 0
	for s.Bounds.Steps = 1; s.Bounds.Steps <= steps; s.Bounds.Steps++ {
		r = s.Run()
		levels = append(levels, r.States-before)
		before = r.States
	}
	return levels, r
}

// TestWorlds compares what Prism explores with what cabi check does, level by level: the numbers, the findings and their lengths.
func TestWorlds(t *testing.T) {
	steps := map[string]int{"cancel": 5, "futures": 5}
	if os.Getenv("CABI_LONG") != "" {
		steps = map[string]int{"cancel": 9, "subtasks": 10, "host-reads": 11, "futures": 8, "tasks": 8}
	}
	for _, name := range slices.Sorted(maps.Keys(steps)) {
		w := model.WorldByName(name)
		s := model.Search{World: w, Variant: spec.SingleTable, Properties: properties.For(w), Bounds: w.Bounds, KeepGoing: true}
		want, local := counts(t, s, steps[name])
		out, errOut, code := command(t, "--keep-going", "--json", "--steps", fmt.Sprint(steps[name]), name)
		if code != (report.New(s, local)).ExitCode() {
			t.Errorf("%s: exit %d: %s", name, code, errOut)
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		var res report.Result
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &res); err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, line := range strings.Split(errOut, "\n") {
			var level, states int
			if n, _ := fmt.Sscanf(line, "level %d: %d states", &level, &states); n == 2 {
				got = append(got, states)
			}
		}
		if want[0]--; len(got) < 2 || got[0] != 1 || !slices.Equal(got[1:], want) {
			t.Errorf("%s: levels of %v states, want 1 and %v", name, got, want)
		}
		if res.Transitions != local.Transitions || !maps.Equal(res.Stops, local.Stops) || !maps.Equal(res.Taken, local.Taken) || res.Cut != local.AtBound {
			t.Errorf("%s: the report is\n%+v\nwant\n%+v", name, res, local)
		}
		found := map[string]int{}
		for _, line := range lines[:len(lines)-1] {
			var f report.Finding
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				t.Fatal(err)
			}
			found[f.Finding] = f.Actions
		}
		for _, v := range local.Violations {
			if found[v.Key()] != v.Actions {
				t.Errorf("%s: %s after %d actions, want %d", name, v.Key(), found[v.Key()], v.Actions)
			}
		}
		if len(found) != len(local.Violations) {
			t.Errorf("%s: found %v", name, found)
		}
	}
}

// TestM compares the number of states of the model M with that in closed form.
func TestM(t *testing.T) {
	sizes := []string{"1,2,1"}
	if os.Getenv("CABI_LONG") != "" {
		sizes = []string{"2,3,2", "2,4,1"}
	}
	for _, size := range sizes {
		m, err := bench.ParseM(size)
		if err != nil {
			t.Fatal(err)
		}
		out, errOut, code := command(t, "--m", size)
		if want := fmt.Sprintf("\n%s states, ", m.States()); code != 0 || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d, %s\n%s, want%s", size, code, errOut, out, want)
		}
	}
}

// TestKilled ends the search at each of its pipelines, some in the middle, and goes on: what comes out is the same.
func TestKilled(t *testing.T) {
	s := &Subject{World: "futures", Variant: "single-table", Bounds: model.WorldByName("futures").Bounds, KeepGoing: true, Shards: 3}
	want := lead(t, s, Dir(t.TempDir()), beamx.Run)
	dir, killed := Dir(t.TempDir()), errors.New("killed")
	for kills := 0; ; kills++ {
		n := 0
		got := lead(t, s, dir, func(ctx context.Context, p *beam.Pipeline) error {
			if n++; n == 2 {
				if kills%2 == 0 { // what the pipeline wrote is there, and that it is done is not
					if err := beamx.Run(ctx, p); err != nil {
						return err
					}
				}
				return killed
			}
			return beamx.Run(ctx, p)
		})
		if len(got.Levels) < len(want.Levels) {
			continue
		}
		if kills == 0 {
			t.Error("nothing was killed")
		}
		for i := range got.Levels {
			got.Levels[i].Seconds, want.Levels[i].Seconds = 0, 0
			got.Levels[i].Shuffled, want.Levels[i].Shuffled = 0, 0 // of equal paths, a bundle may see another first
		}
		a, b := mustJSON(t, got), mustJSON(t, want)
		if a != b {
			t.Errorf("the search that was killed %d times is\n%s\nwant\n%s", kills, a, b)
		}
		return
	}
}

// TestKilledProcess kills the process of a search at ten moments, wherever it is then, and goes on each time: what comes out is the same.
func TestKilledProcess(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("it makes a search of some seconds several times: set CABI_LONG=1")
	}
	args := []string{"--keep-going", "--json", "--steps", "8", "--dir", t.TempDir(), "cancel"}
	begun := time.Now()
	want := process(t, args, 0)
	took := time.Since(begun)
	moments := rand.New(rand.NewPCG(26, 0))
	for kills, searches := 0, 0; kills < 10; searches++ {
		args[5] = t.TempDir()
		for {
			var after time.Duration
			if kills < 10 {
				after = time.Duration(moments.Int64N(int64(took)/2)) + 1
			}
			if got := process(t, args, after); got == nil {
				kills++
			} else if !bytes.Equal(withoutSeconds(got), withoutSeconds(want)) {
				t.Fatalf("search %d, after %d kills in all, prints\n%s\nwant\n%s", searches, kills, got, want)
			} else {
				t.Logf("search %d is as one that was not killed, after %d kills in all", searches, kills)
				break
			}
		}
	}
}

// process runs cabi-beam in a process of its own, and returns what it prints; nil: it was killed, after that time if it is not zero.
func process(t *testing.T, args []string, after time.Duration) []byte {
	t.Helper()
	text := mustJSON(t, args)
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), asCommand+"="+text)
	var out, errOut bytes.Buffer
	c.Stdout, c.Stderr = &out, &errOut
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
		defer timer.Stop()
	}
	_ = c.Wait()
	switch code := c.ProcessState.ExitCode(); code {
	case -1:
		return nil
	case 0, 1:
		return out.Bytes()
	default:
		t.Fatalf("exit %d: %s", code, errOut.Bytes())
		return nil
	}
}

var seconds = regexp.MustCompile(`"seconds":[0-9.e+-]+`)

func withoutSeconds(report []byte) []byte { return seconds.ReplaceAll(report, nil) }

func lead(t *testing.T, s *Subject, dir Dir, run func(context.Context, *beam.Pipeline) error) *Progress {
	t.Helper()
	of := *s
	l, err := newLeader(&of, dir)
	if err != nil {
		t.Fatal(err)
	}
	l.run, l.levels = run, 2
	if err := l.lead(context.Background()); err != nil && !strings.Contains(err.Error(), "killed") {
		t.Fatal(err)
	}
	return l.progress
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBadInput(t *testing.T) {
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "search.json"), []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"":                              "name one world",
		"handels":                       "did you mean handles?",
		"--variant sigle-table handles": "did you mean single-table?",
		"--property nothing handles":    "there is no property nothing",
		"everything":                    "--steps",
		"--shards 0 handles":            "--shards 0",
		"--m 2,3 ":                      "T,H,L",
		"--m 2,3,2 handles":             "in place of",
		"--dir " + other + " handles":   "another search",
		"--steps -1 handles":            "not negative",
		"--save /none/x handles":        "no directory",
	} {
		if out, errOut, code := command(t, strings.Fields(args)...); code != 2 || !strings.Contains(errOut, want) || out != "" {
			t.Errorf("cabi-beam %s: exit %d, %s%s; want %q", args, code, out, errOut, want)
		}
	}
}
