package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A search that is killed again and again, each time after it has written a checkpoint, and resumed from that, prints the same in the end
// as one that is not interrupted.
func TestKilled(t *testing.T) {
	search := []string{"check", "subtasks", "--property", "resolved-once", "--steps", "8"}
	want, err := cabiCommand(search...).Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "checkpoint")
	args := append(search, "--checkpoint-every", "1ms", "--checkpoint", file)
	kills := 0
	for ; kills < 5 && killAfterCheckpoint(t, cabiCommand(args...), file, time.Duration(kills)*7*time.Millisecond); kills++ {
		args = append(search, "--checkpoint-every", "1ms", "--resume", file)
	}
	if kills == 0 {
		t.Error("it ended before it wrote a checkpoint")
	}
	if out, err := cabiCommand(args...).Output(); err != nil || string(out) != string(want) {
		t.Errorf("killed %d times, it prints, error %v,\n%s\nwithout\n%s", kills, err, out, want)
	}
}

// killAfterCheckpoint runs a command until it has replaced the file of its checkpoint, and a while more, and kills it; false: it ended
// sooner.
func killAfterCheckpoint(t *testing.T, cmd *exec.Cmd, file string, more time.Duration) bool {
	t.Helper()
	before, _ := os.Stat(file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			return false
		case <-time.After(time.Millisecond):
		}
		if after, err := os.Stat(file); err == nil && (before == nil || !os.SameFile(before, after)) {
			time.Sleep(more)
			if err := cmd.Process.Kill(); err != nil {
				t.Log(err) // it has just ended
			}
			return <-ended != nil
		}
	}
}

// A disk that is full stops a search cleanly, and the last checkpoint is whole. The shell's limit on the size of files
// takes the part of the full disk.
func TestFullDisk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "checkpoint")
	args := []string{"check", "subtasks", "--property", "resolved-once", "--steps", "10", "--checkpoint", file, "--checkpoint-every", "20ms"}
	cmd := exec.Command("sh", append([]string{"-c", `ulimit -f 400; exec "$0" "$@"`, os.Args[0]}, args...)...)
	cmd.Env = append(os.Environ(), "CABI_TEST_MAIN=1")
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if cmd.ProcessState == nil {
		t.Skip("there is no sh")
	}
	if cmd.ProcessState.ExitCode() != 3 || !strings.Contains(errors.String(), "the checkpoint: "+file+" could not be written: ") || !strings.Contains(string(out), "no violation found so far") {
		t.Errorf("%v: %s%s", err, out, errors.String())
	}
	resumed, err := cabiCommand("check", "subtasks", "--property", "resolved-once", "--steps", "10", "--resume", file).Output()
	if want, _ := cabiCommand("check", "subtasks", "--property", "resolved-once", "--steps", "10").Output(); err != nil || string(resumed) != string(want) {
		t.Errorf("resumed, error %v:\n%s\nwithout a stop:\n%s", err, resumed, want)
	}
}

// A search that is stopped early says by what, and how it can go on; and it can.
func TestHowToGoOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "checkpoint")
	const search = "check subtasks --property resolved-once --steps 6 "
	for _, c := range []struct{ args, want string }{
		{search + "--duration 1ns", "stopped early, by --duration 1ns: a longer --duration, or none, explores more; with --checkpoint FILE, the search can be resumed\n"},
		{search + "--duration 1ns --depth-first", "stopped early, by --duration 1ns: a longer --duration, or none, explores more\n"},
		{search + "--duration 1ns --checkpoint " + file, "stopped early, by --duration 1ns: the same command with --resume " + file + " goes on from here\n"},
		{search + "--duration 1ns --resume " + file, "stopped early, by --duration 1ns: the same command with --resume " + file + " goes on from here\n"},
		{"check handles --random --duration 1ns --seed 7", "stopped early, by --duration 1ns: a longer --duration, or more --runs, with --seed 7 makes the same walks and more; another --seed makes other walks\n"},
	} {
		out, code, err := execute(newRootCommand(), strings.Fields(c.args)...)
		if code != 3 || !strings.HasSuffix(out, c.want) {
			t.Errorf("cabi %s: exit %d, %v:\n%s", c.args, code, err, out)
		}
		out, _, _ = execute(newRootCommand(), strings.Fields(c.args+" --json")...)
		if _, last := jsonLines(t, out); last.Stopped != "--duration 1ns" {
			t.Errorf("cabi %s --json: stopped by %q", c.args, last.Stopped)
		}
	}
	resumed, code, err := execute(newRootCommand(), strings.Fields(search+"--resume "+file)...)
	if whole, _, _ := execute(newRootCommand(), strings.Fields(search)...); code != 0 || resumed != whole || strings.Contains(whole, "stopped early") {
		t.Errorf("exit %d, %v:\n%s\nwithout a stop:\n%s", code, err, resumed, whole)
	}
}

// Ctrl-C stops a search, which says so, and writes its checkpoint.
func TestInterrupt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "checkpoint")
	cmd := cabiCommand("check", "everything", "--steps", "30", "--checkpoint", file, "--checkpoint-every", "20ms", "--keep-going")
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- cmd.Wait() }()
	for begun := false; !begun; { // the first checkpoint says that the search has begun
		select {
		case err := <-ended:
			t.Fatalf("it ended by itself: %v\n%s", err, errs.String())
		case <-time.After(10 * time.Millisecond):
			_, err := os.Stat(file)
			begun = err == nil
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Skip(err)
	}
	<-ended
	if !strings.HasSuffix(out.String(), "stopped early, by Ctrl-C: the same command with --resume "+file+" goes on from here\n") {
		t.Errorf("exit %d:\n%s%s", cmd.ProcessState.ExitCode(), out.String(), errs.String())
	}
}
