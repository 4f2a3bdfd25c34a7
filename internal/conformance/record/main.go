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
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"cabi/internal/conformance"
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
	if err := r.fetch(); err != nil {
		return err
	}
	defer os.RemoveAll(r.work)
	if r.tools, err = wasmtools.Find(); err != nil {
		return err
	}
	defer r.tools.Close()
	recording := &conformance.Recording{Runtimes: conformance.Versions()}
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
	if *upstream == "" {
		if before, err := conformance.ReadRecording(results); err == nil {
			recording.Upstream, recording.Scripts = before.Upstream, before.Scripts
		}
	} else {
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
}

// limit is how long a process of a runtime may take for a file.
const limit = 60 * time.Second

// fetch makes what is needed to run the runtimes.
func (r *recorder) fetch() error {
	dir, err := conformance.Cached()
	if err != nil {
		return err
	}
	changed, err := lay(dir)
	if err != nil {
		return err
	}
	node := filepath.Join(dir, "node_modules", "node", "bin", "node")
	if _, missing := os.Stat(node); missing != nil || changed {
		if err := command(dir, "npm", "install", "--no-audit", "--no-fund", "--silent"); err != nil {
			return err
		}
	}
	if r.work, err = os.MkdirTemp(dir, "transpiled-"); err != nil {
		return err
	}
	wasmtime := filepath.Join(r.work, "wasmtime")
	if err := buildWasmtime(wasmtime); err != nil {
		return err
	}
	r.drivers = map[string]conformance.Driver{
		conformance.JCO:      {Command: []string{node, "jco.mjs", "run", r.work}, Dir: dir, Limit: limit},
		conformance.Wasmtime: {Command: []string{wasmtime, "conformance"}, Limit: limit},
	}
	return nil
}

// buildWasmtime builds the driver of Wasmtime, which is a module of its own.
func buildWasmtime(target string) error {
	const dir = "internal/toolchains/wasmtime"
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/bytecodealliance/wasmtime-go/v39")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod")
	archive, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list: %w%s", err, said(err))
	}
	build := exec.Command("go", "build", "-o", target, ".")
	build.Dir, build.Stdout, build.Stderr = dir, os.Stdout, os.Stderr
	build.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "CGO_CFLAGS=-I"+strings.TrimSpace(string(archive))+"/build/include")
	return build.Run()
}

// lay puts the sources of the driver into dir, and reports whether the packages that it needs are others than those that were there.
func lay(dir string) (changed bool, err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return false, err
	}
	return changed, fs.WalkDir(conformance.Sources, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(conformance.Sources, name)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, name)
		if there, err := os.ReadFile(path); err == nil && string(there) == string(data) {
			return nil
		}
		changed = changed || name == "package.json"
		return output.WriteText(path, string(data))
	})
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
					fmt.Fprintln(os.Stderr, rows[i].Name, summary(rows[i]))
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
		answers, ended, err := d.Run(p.plan)
		if err != nil {
			return nil, fmt.Errorf("%s under %s: %w", f.Name, name, err)
		}
		if r.verbose {
			for i, a := range answers {
				fmt.Fprintf(os.Stderr, "%s, %s: line %d, %s: %+v\n", f.Name, name, p.plan.Steps[i].Line, p.plan.Steps[i].Kind, a)
			}
		}
		row.Results[name] = conformance.Judge(p.plan, answers, ended).At(f.Text)
	}
	return row, nil
}

func summary(row *conformance.Row) string {
	var parts []string
	for _, v := range conformance.Versions() {
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

func command(dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s %q: %w", name, args, err)
	}
	return nil
}

// said is what a command wrote to its standard error, on a line of its own.
func said(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return "\n" + strings.TrimSpace(string(exit.Stderr))
	}
	return ""
}
