package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A search that is killed at any moment and resumed prints in the end what it prints if nothing happens.
func TestKilled(t *testing.T) {
	want, err := cabiCommand("check", "subtasks", "--steps", "8").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "checkpoint")
	args := []string{"check", "subtasks", "--steps", "8", "--checkpoint", file, "--checkpoint-every", "20ms"}
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
			args = []string{"check", "subtasks", "--steps", "8", "--resume", file, "--checkpoint-every", "20ms"}
			resumed++
		}
	}
	t.Logf("killed %d times, resumed %d times", kills, resumed)
	if resumed == 0 {
		t.Error("it was never resumed")
	}
}
