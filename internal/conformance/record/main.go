// Record is `make conformance`: it has npm fetch jco and node, builds the driver of Wasmtime, runs the exported traces and upstream's scripts
// on both and on the specification, and writes what came of it into internal/conformance/testdata. It stands in the root of the project.
//
//	record [-upstream CHECKOUT] [-only PATTERN]
//
// Without a checkout, upstream's scripts keep what is recorded of them. With a pattern, only files whose names match are run, and what came
// of them is printed, not written.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"cabi/internal/conformance"
	"cabi/internal/npm"
	"cabi/internal/output"
	"cabi/internal/wasmtools"
	"cabi/internal/wast"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

const results = "internal/conformance/testdata/results.json"

func run() error {
	upstream := flag.String("upstream", "", "a checkout of WebAssembly/component-model, whose scripts are run too")
	only := flag.String("only", "", "run files alone whose names match, and print what came of them")
	verbose := flag.Bool("v", false, "print all answers")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected %q", flag.Args())
	}
	match, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	r := &recorder{match: match, verbose: *verbose}
	defer func() { os.RemoveAll(r.work) }()
	if err := r.fetch(); err != nil {
		return err
	}
	if r.tools, err = wasmtools.Find(); err != nil {
		return err
	}
	defer r.tools.Close()
	recording := &conformance.Recording{Runtimes: r.runtimes}
	if *upstream != "" { // before anything is run
		if recording.Upstream, err = commit(*upstream); err != nil {
			return err
		}
	}
	files, err := conformance.Traces(".")
	if err != nil {
		return err
	}
	if recording.Traces, err = r.rows(files); err != nil {
		return err
	}
	if *only == "" && *upstream == "" {
		if before, err := conformance.ReadRecording(results); err == nil {
			recording.Upstream, recording.Scripts = before.Upstream, before.Scripts
		}
	} else if *upstream != "" {
		if files, err = conformance.Scripts(*upstream); err != nil {
			return err
		}
		if recording.Scripts, err = r.rows(files); err != nil {
			return err
		}
	}
	if *only != "" {
		fmt.Print(recording.Text())
		return nil
	}
	return output.WriteText(results, recording.Text())
}

// A recorder runs files on all runtimes.
type recorder struct {
	match   *regexp.Regexp
	verbose bool
	work    string
	tools   wasmtools.Tools
	drivers map[string]conformance.Driver
	// runtimes are those of the table, in its order.
	runtimes []conformance.RuntimeVersion
}

// limit is how long a process of a runtime may take for a file.
const limit = 60 * time.Second

// fetch makes what is needed to run the runtimes, and finds their versions.
func (r *recorder) fetch() error {
	dir, err := conformance.Cached()
	if err != nil {
		return err
	}
	if err := npm.Install(dir, conformance.Sources); err != nil {
		return err
	}
	if r.work, err = os.MkdirTemp(dir, "transpiled-"); err != nil {
		return err
	}
	node, wasmtime := filepath.Join(dir, "node_modules", "node", "bin", "node"), filepath.Join(r.work, "wasmtime")
	version, err := buildWasmtime(wasmtime)
	if err != nil {
		return err
	}
	r.drivers = map[string]conformance.Driver{
		conformance.JCO:      {Command: []string{node, "jco.mjs", "run", r.work}, Dir: dir, Limit: limit},
		conformance.Wasmtime: {Command: []string{wasmtime, "conformance"}, Limit: limit},
	}
	r.runtimes, err = conformance.Versions(version)
	return err
}

// buildWasmtime builds the driver of Wasmtime, which is a module of its own, and returns the version of the Go package that has Wasmtime.
func buildWasmtime(target string) (version string, err error) {
	const dir, module = "internal/toolchains/wasmtime", "github.com/bytecodealliance/wasmtime-go/v39"
	// A module that was not downloaded yet has no folder that go list could name.
	download := exec.Command("go", "mod", "download", module)
	download.Dir, download.Stderr = dir, os.Stderr
	if err := download.Run(); err != nil {
		return "", fmt.Errorf("the Go package that has Wasmtime cannot be downloaded: %w", err)
	}
	list := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", module)
	list.Dir, list.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod")
	out, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w%s", err, said(err))
	}
	version, archive, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	build := exec.Command("go", "build", "-o", target, ".")
	build.Dir, build.Stdout, build.Stderr = dir, os.Stdout, os.Stderr
	build.Env = append(list.Env, "CGO_CFLAGS=-I"+archive+"/build/include")
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("the driver of Wasmtime cannot be built: %w", err)
	}
	return version, nil
}

// A prepared is a file that is ready to run.
type prepared struct {
	file    conformance.File
	program *wast.Program
	plan    *wast.Plan
}

// rows runs the files that match, and returns their rows in the order of the files.
func (r *recorder) rows(files []conformance.File) ([]*conformance.Row, error) {
	var all []prepared
	var plans []*wast.Plan
	for _, f := range files {
		if !r.match.MatchString(f.Name) {
			continue
		}
		program, plan, err := conformance.Prepare(f, r.tools)
		if err != nil {
			return nil, err
		}
		all, plans = append(all, prepared{f, program, plan}), append(plans, plan)
	}
	if err := r.transpile(plans); err != nil {
		return nil, err
	}
	rows, errs := make([]*conformance.Row, len(all)), make([]error, len(all))
	var wait sync.WaitGroup
	next := make(chan int)
	for range runtime.NumCPU() {
		wait.Go(func() {
			runner := wast.NewRunner(context.Background())
			defer runner.Close()
			for i := range next {
				if rows[i], errs[i] = r.row(all[i], runner); errs[i] == nil {
					fmt.Fprintln(os.Stderr, rows[i].Name, r.summary(rows[i]))
				}
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	wait.Wait()
	return rows, errors.Join(errs...)
}

// transpile has jco transpile all components in one process, since it takes long to start; in another one after it has trapped itself.
func (r *recorder) transpile(plans []*wast.Plan) error {
	var lines bytes.Buffer
	encode := json.NewEncoder(&lines)
	for _, p := range plans {
		if err := encode.Encode(p); err != nil {
			return err
		}
	}
	d := r.drivers[conformance.JCO]
	for range len(plans) + 1 {
		cmd := exec.Command(d.Command[0], d.Command[1], "transpile", r.work)
		var stderr bytes.Buffer // it has much to say when it traps
		cmd.Dir, cmd.Stdin, cmd.Stderr = d.Dir, bytes.NewReader(lines.Bytes()), &stderr
		err := cmd.Run()
		if err == nil {
			return nil
		}
		if cmd.ProcessState.ExitCode() != trapped {
			return fmt.Errorf("%q: %w\n%s", cmd.Args, err, stderr.String())
		}
	}
	return errors.New("jco traps more often than there are files")
}

// trapped is the exit code with which jco.mjs says that jco itself has trapped.
const trapped = 3

func (r *recorder) row(p prepared, runner *wast.Runner) (*conformance.Row, error) {
	f := p.file
	row := &conformance.Row{Name: f.Name, Hash: conformance.Hash(f.Text), Site: f.Site, Choice: f.Choice,
		Results: map[string]conformance.Result{conformance.Specification: conformance.Reference(runner, p.program, f)}}
	runner.Forget(p.program)
	for name, d := range r.drivers {
		for range tries(f) {
			answers, ended, err := d.Run(p.plan)
			if err != nil {
				return nil, fmt.Errorf("%s under %s: %w", f.Name, name, err)
			}
			if r.verbose {
				for i, a := range answers {
					fmt.Fprintf(os.Stderr, "%s, %s: line %d, %s: %+v\n", f.Name, name, p.plan.Steps[i].Line, p.plan.Steps[i].Kind, a)
				}
			}
			result := conformance.Judge(p.plan, answers, ended).At(f.Text)
			if !f.Script {
				result.Differences = nil
			}
			row.Results[name] = result
			if row.Results[name].Verdict != conformance.Differs {
				break
			}
		}
	}
	return row, nil
}

// tries is how often a file is run until it does not differ. A runtime may choose another behaviour each time, and a file for one choice wants one.
func tries(f conformance.File) int {
	if f.Choice {
		return 10
	}
	return 1
}

func (r *recorder) summary(row *conformance.Row) string {
	var parts []string
	for _, v := range r.runtimes {
		parts = append(parts, string(row.Results[v.Name].Verdict))
	}
	return strings.Join(parts, ", ")
}

// commit is the commit that a checkout is at.
func commit(checkout string) (string, error) {
	out, err := exec.Command("git", "-C", checkout, "rev-parse", "HEAD").Output()
	if err != nil {
		return "", fmt.Errorf("%s is no checkout: %w%s", checkout, err, said(err))
	}
	return strings.TrimSpace(string(out))[:7], nil
}

// said is what a command wrote to its standard error, on a line of its own.
func said(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return "\n" + strings.TrimSpace(string(exit.Stderr))
	}
	return ""
}
