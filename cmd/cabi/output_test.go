package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// A fullDisk takes so many bytes, and then none.
type fullDisk struct {
	room int
	err  error
}

func (d *fullDisk) Write(text []byte) (int, error) {
	if n := d.room; n < len(text) {
		d.room = 0
		return n, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: d.err}
	}
	d.room -= len(text)
	return len(text), nil
}

// printing are invocations that print, one for each command and each form of its output. Those that take minutes print their help.
var printing = []string{
	"", "--version", "--help", "help check", "trace", "bench", "completion",
	"check handles --steps 5 --handles 2", "check handles --steps 5 --handles 2 --json", "check handles --steps 1 --verbose",
	"check children --steps 8 --keep-going", "check children --steps 8 --keep-going --json", "check everything --runs 20",
	"explain", "explain handles", "explain Table.get/bounds", "explain pin", "list worlds", "list properties", "list variants", "list worlds --json", "choices --runs 1", "choices --runs 1 --json",
	"replay @/ok.cabi", "shrink @/long.cabi", "shrink @/long.cabi --json", "litmus @/ok.litmus", "litmus @/ok.litmus --trace 1",
	"trace convert @/ok.cabi", "trace convert @/ok.cabi --to html", "trace convert @/ok.cabi --to text",
	"trace gen -o @/gen --states 10 --runs 1 --tries 1", "sites", "sites --json", "port", "port --upstream @/upstream",
	"port --upstream @/upstream --record --commit 0123456 --manifest @/m.json", "port --fill --upstream @/upstream --manifest @/spec/upstream.json",
	"sites --record --manifest @/spec/upstream.json", "bench m --size 1,2,1", "bench m --size 1,2,1 --json", "bench worlds error-contexts",
	"admits @/ok.cabi", "admits @/ok.cabi --json", "admits @/ok.cabi --variant any",
	"completion bash", "completion fish", "completion powershell", "completion zsh",
	"prove tables --size 1", "prove tables --size 1 --json",
	"run ../../examples/components/leak.wasm", "run ../../examples/components/leak.wasm --json", "run ../../examples/components/numbering.wasm index()",
	"check ../../examples/components/race.wasm race()", "check ../../examples/components/race.wasm race() --json",
	"matrix --help", "traps --help", "upstream --help", "bench page --help", "diff --help", "wast --help", "merge --help", "conform --help", "step handles", "serve --help",
}

// printedFiles makes a directory with what the invocations read.
func printedFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"ok.cabi": badFiles["ok.cabi"], "long.cabi": longTrace, "ok.litmus": "world handles\nin A.run\n  $r = resource.new R 7\nalways $r = 1\n",
		"refused.cabi": refusedTrace, "upstream/definitions.py": "## One\ndef trap(): pass\n", "spec/one.go": "// definitions.py, \"One\"\n\npackage one\n\n//cabi:py trap 00000000\nfunc trap() {}\n",
	} {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	if _, code, err := execute(newRootCommand(), "port", "--record", "--upstream", filepath.Join(dir, "upstream"), "--commit", "0123456",
		"--manifest", filepath.Join(dir, "spec", "upstream.json")); code != 0 {
		t.Fatal(err)
	}
	return dir
}

// Whatever a command prints, if it cannot be written, the command ends with 3 and says so.
func TestFullOutput(t *testing.T) {
	dir := printedFiles(t)
	for _, text := range printing {
		args := strings.Fields(strings.ReplaceAll(text, "@", dir))
		var errs bytes.Buffer
		code := run(args, strings.NewReader(""), &fullDisk{10, syscall.ENOSPC}, &errs)
		if code != 3 || !strings.HasSuffix(errs.String(), "cabi: the output could not be written: no space left on device\n") {
			t.Errorf("cabi %s: exit %d, %s", text, code, errs.String())
		}
	}
}

// If nobody reads the output any more, nothing is said.
func TestClosedPipe(t *testing.T) {
	for _, args := range []string{"list worlds", "sites --json", "check handles --steps 2", "check handles --steps 2 --json", "completion bash"} {
		for _, room := range []int{0, 10} {
			var errs bytes.Buffer
			if code := run(strings.Fields(args), nil, &fullDisk{room, syscall.EPIPE}, &errs); code != 3 || errs.Len() > 0 {
				t.Errorf("cabi %s: exit %d, %s", args, code, errs.String())
			}
		}
	}
}

// Every command has an invocation in the table.
func TestPrinting(t *testing.T) {
	printed := map[string]bool{}
	for _, text := range printing {
		cmd, _, err := newRootCommand().Find(strings.Fields(text))
		if err != nil {
			t.Fatal(err)
		}
		printed[cmd.CommandPath()] = true
	}
	for _, cmd := range documented(newRootCommand()) {
		if !printed[cmd.CommandPath()] {
			t.Errorf("%s is not in the table", cmd.CommandPath())
		}
	}
}

// Without a full disk, the same invocations print more than the disk had room for, and what is bad input is so in both cases.
func TestPrintingSucceeds(t *testing.T) {
	dir := printedFiles(t)
	for _, text := range printing {
		var out, errs bytes.Buffer
		if code := run(strings.Fields(strings.ReplaceAll(text, "@", dir)), strings.NewReader(""), &out, &errs); code == 2 || out.Len() <= 10 {
			t.Errorf("cabi %s: exit %d, %s%s", text, code, errs.String(), out.String())
		}
	}
	var errs bytes.Buffer
	if code := run([]string{"check", "nowhere"}, nil, &fullDisk{0, syscall.ENOSPC}, &errs); code != 2 || !strings.Contains(errs.String(), "unknown world") {
		t.Errorf("exit %d, %s", code, errs.String())
	}
}

// A search whose findings cannot be printed or saved is not gone on with.
func TestFullOutputStops(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	for _, args := range [][]string{
		{"check", "everything", "--keep-going", "--json", "--runs", "1000000"},
		{"check", "everything", "--keep-going", "--runs", "1000000"},
	} {
		var errs bytes.Buffer
		if code := run(args, nil, &fullDisk{0, syscall.ENOSPC}, &errs); code != 3 {
			t.Errorf("cabi %q: exit %d, %s", args, code, errs.String())
		}
	}
}

// A writing command writes a file: the arguments, with the file last.
type writingCommand struct {
	args string
	code int
}

var writing = []writingCommand{
	{"trace convert @/ok.cabi -o ", 0},
	{"trace convert @/ok.cabi --to html -o ", 0},
	{"shrink @/long.cabi -o ", 0},
	{"check handles --variant per-type --property unique-in-instance --save ", 1},
	{"check subtasks --property resolved-once --duration 1ns --checkpoint ", 3},
	{"port --upstream @/upstream --record --commit 0123456 --manifest ", 0},
}

// Every command that writes a file writes it whole, over the target of a link, with the permissions that were there, and writes to a
// device. On a full disk it ends with 3.
func TestWritingCommands(t *testing.T) {
	dir := printedFiles(t)
	for _, c := range writing {
		args := func(file string) []string { return strings.Fields(strings.ReplaceAll(c.args, "@", dir) + file) }
		target, link := filepath.Join(t.TempDir(), "target"), filepath.Join(t.TempDir(), "link")
		if err := errors.Join(os.WriteFile(target, []byte("before"), 0o666), os.Chmod(target, 0o604), os.Symlink(target, link)); err != nil {
			t.Fatal(err)
		}
		out, code, err := execute(newRootCommand(), args(link)...)
		info, err2 := os.Lstat(target)
		if text := must(os.ReadFile(target)); code != c.code || err2 != nil || info.Mode() != 0o604 || len(text) < 20 {
			t.Errorf("cabi %s: exit %d, %v, %v, %v, %d bytes: %s", c.args, code, err, err2, info.Mode(), len(text), out)
		}
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("cabi %s: the link is gone", c.args)
		}
		if entries := must(os.ReadDir(filepath.Dir(target))); len(entries) != 1 {
			t.Errorf("cabi %s leaves %v", c.args, entries)
		}
		writesToDevices(t, c, args)
	}
}

func writesToDevices(t *testing.T, c writingCommand, args func(string) []string) {
	t.Helper()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	if _, code, err := execute(newRootCommand(), args("/dev/null")...); code != c.code {
		t.Errorf("cabi %s/dev/null: exit %d, %v", c.args, code, err)
	}
	var errs bytes.Buffer
	if code := run(args("/dev/full"), nil, &bytes.Buffer{}, &errs); code != 3 || !strings.Contains(errs.String(), "/dev/full could not be written: no space left on device") {
		t.Errorf("cabi %s/dev/full: exit %d, %s", c.args, code, errs.String())
	}
	for _, device := range []string{"/dev/null", "/dev/full"} {
		if info, err := os.Stat(device); err != nil || info.Mode()&fs.ModeDevice == 0 {
			t.Fatalf("cabi %s replaced %s: %v", c.args, device, err)
		}
	}
}

// A command that is refused, or has nothing to write, leaves a file that is there as it is, and makes none.
func TestRefusalsTouchNothing(t *testing.T) {
	dir := printedFiles(t)
	for _, args := range []string{
		"trace convert @/refused.cabi --to wast -o @/refused.cabi",
		"trace convert @/refused.cabi --to wast -o @/new",
		"trace convert @/refused.cabi --to pdf -o @/refused.cabi",
		"trace convert @/ok.litmus -o @/ok.cabi",
		"shrink @/ok.cabi -o @/long.cabi",
		"shrink @/ok.cabi -o @/new",
		"shrink @/ok.cabi --property nope -o @/new",
		"check handles --steps 3 --save @/ok.cabi",
		"check handles --steps 3 --save @/new",
		"check handles --property nope --save @/ok.cabi",
		"check handles --property nope --keep-going --save @/new",
		"check handles --resume @/none --keep-going --save @/new",
		"check handles --steps 3 --checkpoint @/new",
		"check handles --steps 3 --checkpoint @/ok.cabi",
		"check handles --resume @/ok.cabi",
		"check handles --resume @/ok.cabi --checkpoint @/new",
		"trace gen -o @/new --runs 0",
		"traps --json -o @/new",
		"port --upstream @/none --record --manifest @/new.json",
		"port --upstream @/ok.cabi --record --commit 0123456 --manifest @/spec/upstream.json",
		"port --upstream @/upstream --record --commit 0123456 --only nope --manifest @/spec/upstream.json",
		"port --fill --upstream @/upstream --manifest @/new.json",
		"sites --record --manifest @/new.json",
	} {
		before := allFiles(t, dir)
		_, code, err := execute(newRootCommand(), strings.Fields(strings.ReplaceAll(args, "@", dir))...)
		if after := allFiles(t, dir); after != before {
			t.Errorf("cabi %s: exit %d, %v: it leaves\n%s\nthere was\n%s", args, code, err, after, before)
		}
	}
}

// allFiles are the names and texts of all files below a directory.
func allFiles(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		b.WriteString(name + "\n")
		if err == nil && !entry.IsDir() {
			text, _ := os.ReadFile(name)
			b.Write(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A trace can be converted in place.
func TestConvertInPlace(t *testing.T) {
	file := filepath.Join(printedFiles(t), "ok.cabi")
	for _, want := range []string{`{"kind":"trace"`, "world handles"} {
		if _, code, err := execute(newRootCommand(), "trace", "convert", file, "-o", file); code != 0 || !strings.HasPrefix(string(must(os.ReadFile(file))), want) {
			t.Errorf("exit %d, %v: %s", code, err, must(os.ReadFile(file)))
		}
	}
}

// No command writes files but by the functions of internal/output.
func TestNoOtherWrites(t *testing.T) {
	writes := regexp.MustCompile(`os\.(WriteFile|Create|Rename|MkdirAll)\(`)
	for _, pattern := range []string{"*.go", "../../internal/*/*.go", "../../model/*.go", "../../shrink/*.go"} {
		for _, name := range must(filepath.Glob(pattern)) {
			if strings.HasSuffix(name, "_test.go") || strings.Contains(name, "internal/output") || strings.Contains(name, "internal/bench") {
				continue // the measurements write models for other programs into a directory for temporary files
			}
			// internal/diff writes for CPython and for go build, into directories for temporary files.
			if found := writes.FindAllString(string(must(os.ReadFile(name))), -1); found != nil && !strings.HasSuffix(name, "traps/files.go") && !strings.HasSuffix(name, "diff/version.go") && !strings.HasSuffix(name, "diff/edit.go") {
				t.Errorf("%s: %q", name, found)
			}
		}
	}
}
