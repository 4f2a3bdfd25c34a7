package bench

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A Peer is the result of a search of M by another model checker, and the time and memory that it took.
type Peer struct {
	Name        string  `json:"name"`
	Size        string  `json:"size"`
	Cores       int     `json:"cores"`
	States      int     `json:"states"`
	Transitions int     `json:"transitions,omitempty"` // 0: the program does not print them
	Seconds     float64 `json:"seconds"`
	Peak        int64   `json:"peakBytes"`
}

// A peer is another model checker. If it is not installed, the error of explore says what is missing.
type peer struct {
	name    string
	explore func(M) (Peer, error)
}

// peers are the model checkers that the page compares with.
var peers = []peer{{"SPIN", Spin}, {"TLC", TLC}, {"Stateright", Stateright}}

// peerLimit is how long a peer may take for one size of M.
const peerLimit = 10 * time.Minute

// run runs the program that explores, in a directory, and records its time and memory. It returns the program's output.
func (p *Peer) run(dir string, limit time.Duration, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second // a child of the program that outlives it may hold its output open
	begun := time.Now()
	err := cmd.Run()
	if p.Seconds = time.Since(begun).Seconds(); cmd.ProcessState != nil {
		p.Peak = peakOf(cmd)
	}
	switch {
	case ctx.Err() != nil:
		return stdout.String(), fmt.Errorf("stopped after %s, not finished", limit)
	case err != nil:
		return stdout.String(), fmt.Errorf("%s: %w\n%s%s", filepath.Base(program), err, stderr.String(), stdout.String())
	}
	return stdout.String(), nil
}

// check is an error if the peer found another number of states than m has.
func (p Peer) check(m M) error {
	if want := m.States(); !want.IsInt64() || want.Int64() != int64(p.States) {
		return fmt.Errorf("FAULT: %s found %d states of M(%s), and there are %s", p.Name, p.States, m, want)
	}
	return nil
}

// firstLine is the first line of an error, for which a row of the page has room.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
