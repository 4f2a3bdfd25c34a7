package toolchains

import (
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"strings"
	"testing"

	"cabi/component"
	"cabi/internal/program"
	"cabi/spec"
)

var write = flag.Bool("write", false, "write what is recorded of numberings, and docs/toolchains.md, instead of comparing them")

// decode decodes a component, or skips the test if it is not there.
func decode(t *testing.T, c Component) *component.Component {
	t.Helper()
	decoded, err := c.Decode()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

func recordingOf(t *testing.T, c Component) *Recording {
	t.Helper()
	r, err := ReadRecording("testdata", c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRecorded holds the recorded sessions: every call gives what Wasmtime gives, traps included, and does the same to the host.
func TestRecorded(t *testing.T) {
	runner := NewRunner(false)
	defer runner.Close()
	for _, c := range Components() {
		t.Run(c.Name(), func(t *testing.T) {
			if testing.Short() && c.Toolchain == StarlingMonkey {
				t.Skip("takes seconds; not with -short")
			}
			decoded := decode(t, c)
			for _, s := range recordingOf(t, c).Sessions {
				calls, err := s.Parsed()
				if err != nil {
					t.Fatal(err)
				}
				if _, d := Same(s, runner.Hold(decoded, calls, spec.SingleTable)); d != nil {
					t.Errorf("session %s, %s: recorded is %s, and it gives %s", s.Name, d.Call, d.Want, d.Got)
				}
			}
		})
	}
}

// TestWritten compares the recordings with what the sessions say that calls return.
func TestWritten(t *testing.T) {
	for _, c := range Components() {
		sessions, err := Written(c.Program)
		if err != nil {
			t.Fatal(err)
		}
		recorded := recordingOf(t, c).Sessions
		for i, s := range sessions {
			if recorded[i].Name != s.Name {
				t.Fatalf("%s: the recorded session %d is %q, and the written %q: make oracle", c.Name(), i, recorded[i].Name, s.Name)
			}
			for n, a := range recorded[i].Calls {
				if step := s.Calls[n]; step.Call.String() != a.Call || step.Want != "" && step.Want != a.Result {
					t.Errorf("%s, session %s: recorded is %v, and written %v -> %s", c.Name(), s.Name, a, step.Call, step.Want)
				}
			}
		}
	}
}

const numberingsFile = "testdata/numberings.json"

func readDependences(t *testing.T) []*Dependence {
	t.Helper()
	return readJSON[[]*Dependence](t, numberingsFile)
}

// TestNumberings holds the recorded sessions under every numbering, and compares what depends on it with what is recorded of that.
func TestNumberings(t *testing.T) {
	runner := NewRunner(false)
	defer runner.Close()
	var all []*Dependence
	for i, c := range Components() {
		t.Run(c.Name(), func(t *testing.T) {
			if os.Getenv("CABI_LONG") == "" && (*write || c.Toolchain != QuickJS) {
				t.Skip("set CABI_LONG=1: it takes minutes")
			}
			d, err := runner.Depends(decode(t, c), recordingOf(t, c))
			if err != nil {
				t.Fatal(err)
			}
			if c.Program == "counters" || c.Program == "wrappers" {
				starlingmonkey, quickjs := built(StarlingMonkey, c.Program), built(QuickJS, c.Program)
				said, err := runner.Says(decode(t, starlingmonkey), recordingOf(t, starlingmonkey), recordingOf(t, quickjs))
				if err == nil {
					d.Right, err = runner.Rightness(decode(t, c), said)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			all = append(all, d)
			if !*write {
				if got, want := text(t, d), text(t, readDependences(t)[i]); got != want {
					t.Errorf("now it is\n%s\nand recorded is\n%s", got, want)
				}
			}
		})
	}
	if *write && len(all) == len(Components()) {
		if err := os.WriteFile(numberingsFile, []byte(text(t, all)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data) + "\n"
}

// TestWithout leaves out calls, with those that take their handles.
func TestWithout(t *testing.T) {
	var calls []program.Call
	var answers []Answer
	for _, line := range strings.Split("make() #1;pair() (#2, #3);use(#1) 7;use(#2);use(#3);drop #3", ";") {
		text, result, _ := strings.Cut(line, ") ")
		if strings.HasPrefix(text, "drop ") {
			result = ""
		} else {
			text = strings.TrimSuffix(text, ")") + ")"
		}
		c, err := program.ParseCall(text)
		if err != nil {
			t.Fatal(err)
		}
		calls, answers = append(calls, c), append(answers, Answer{Call: text, Result: result})
	}
	for i, want := range []string{
		"pair(), use(#1), use(#2), drop #2", "make(), use(#1)", "make(), pair(), use(#2), use(#3), drop #3",
	} {
		var got []string
		for _, c := range without(calls, answers, i) {
			got = append(got, c.String())
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("without call %d: %s, want %s", i, got, want)
		}
	}
}

// TestDocsToolchains compares docs/toolchains.md with what is recorded.
func TestDocsToolchains(t *testing.T) {
	var recordings []*Recording
	for _, c := range Components() {
		recordings = append(recordings, recordingOf(t, c))
	}
	const page = "../../docs/toolchains.md"
	want := Page(recordings, readJSON[[]*Beside](t, besideFile), readJSON[*Schedulings](t, schedulesFile), readDependences(t),
		readJSON[[]Figure](t, "testdata/figures.json"))
	if *write {
		if err := os.WriteFile(page, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("docs/toolchains.md is not what the records say (%v): go test ./internal/toolchains -run Docs -write", err)
	}
}

const (
	besideFile    = "testdata/jco.json"
	schedulesFile = "testdata/schedules.json"
)

// readJSON reads what is recorded; what is to be written instead need not be there.
func readJSON[T any](t *testing.T, file string) (recorded T) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &recorded)
	}
	if err != nil && !*write {
		t.Fatal(err)
	}
	return recorded
}

// TestJCO holds the recorded sessions under jco, and compares what differs with what is recorded of that.
func TestJCO(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("set CABI_LONG=1: it takes minutes")
	}
	runner := NewRunner(false)
	defer runner.Close()
	recorded, all := readJSON[[]*Beside](t, besideFile), []*Beside{}
	for i, c := range Components() {
		t.Run(c.Name(), func(t *testing.T) {
			b, err := runner.Beside(c, decode(t, c), recordingOf(t, c))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
			if !*write && text(t, b) != text(t, recorded[i]) {
				t.Errorf("now it is\n%s\nand recorded is\n%s", text(t, b), text(t, recorded[i]))
			}
		})
	}
	if *write && len(all) == len(Components()) {
		if err := os.WriteFile(besideFile, []byte(text(t, all)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSchedules explores the schedules of async components, and counts the choices of the others' sessions.
func TestSchedules(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("set CABI_LONG=1: it takes minutes")
	}
	runner := NewRunner(true)
	defer runner.Close()
	recorded, all, done := readJSON[*Schedulings](t, schedulesFile), &Schedulings{Choices: map[string]int{}}, 0
	for _, c := range Components() {
		t.Run(c.Name(), func(t *testing.T) {
			decoded := decode(t, c)
			done++
			if !c.Async() {
				n, err := runner.MostChoices(decoded, recordingOf(t, c))
				if all.Choices[c.Name()] = n; err != nil {
					t.Fatal(err)
				} else if !*write && n != recorded.Choices[c.Name()] {
					t.Errorf("a session makes %d choices, and recorded are %d", n, recorded.Choices[c.Name()])
				}
				return
			}
			schedules, err := runner.Schedules(c, decoded)
			if err != nil {
				t.Fatal(err)
			}
			if all.Schedules = append(all.Schedules, schedules...); *write {
				return
			}
			var of []*Schedule
			for _, s := range recorded.Schedules {
				if s.Component == c.Name() {
					of = append(of, s)
				}
			}
			if text(t, schedules) != text(t, of) {
				t.Errorf("now it is\n%s\nand recorded is\n%s", text(t, schedules), text(t, of))
			}
		})
	}
	if *write && done == len(Components()) {
		if err := os.WriteFile(schedulesFile, []byte(text(t, all)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
