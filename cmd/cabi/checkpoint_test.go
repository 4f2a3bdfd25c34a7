package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A search that is killed at random moments and resumed prints the same in the end as one that is not interrupted.
func TestKilled(t *testing.T) {
	want, err := cabiCommand("check", "subtasks", "--property", "resolved-once", "--steps", "8").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "checkpoint")
	args := []string{"check", "subtasks", "--property", "resolved-once", "--steps", "8", "--checkpoint", file, "--checkpoint-every", "20ms"}
	kills, resumed := 0, 0
	for patience := 100 * time.Millisecond; ; patience += patience / 4 {
		cmd := cabiCommand(args...)
		var out strings.Builder
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		killer := time.AfterFunc(patience+rand.N(patience), func() { cmd.Process.Kill() })
		err := cmd.Wait()
		if killer.Stop(); err == nil {
			if out.String() != string(want) {
				t.Errorf("killed %d times, resumed %d times, it prints\n%s\nwithout\n%s", kills, resumed, out.String(), want)
			}
			break
		}
		kills++
		if _, err := os.Stat(file); err == nil {
			args = []string{"check", "subtasks", "--property", "resolved-once", "--steps", "8", "--resume", file, "--checkpoint-every", "20ms"}
			resumed++
		}
	}
	t.Logf("killed %d times, resumed %d times", kills, resumed)
	if resumed == 0 {
		t.Error("it was never resumed")
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
