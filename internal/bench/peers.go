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

// A Peer is what another program took to explore M.
type Peer struct {
	Name        string  `json:"name"`
	Size        string  `json:"size"`
	Cores       int     `json:"cores"`
	States      int     `json:"states"`
	Transitions int     `json:"transitions,omitempty"` // 0: it does not say
	Seconds     float64 `json:"seconds"`
	Peak        int64   `json:"peakBytes"`
}

// A peer explores M with another program. Its error says what is missing.
type peer struct {
	name    string
	explore func(M) (Peer, error)
}

// peers are those that the page has.
var peers = []peer{{"SPIN", Spin}, {"TLC", TLC}, {"Stateright", Stateright}}

// peerLimit is how long a peer may explore one size.
const peerLimit = 10 * time.Minute

// run runs the program that explores, in a directory, and notes what it took. It returns what it printed.
func (p *Peer) run(dir string, limit time.Duration, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	cmd.WaitDelay = time.Second // a child that it leaves behind may hold its output open
	begun := time.Now()
	err := cmd.Run()
	if p.Seconds = time.Since(begun).Seconds(); cmd.ProcessState != nil {
		p.Peak = peakOf(cmd)
	}
	switch {
	case ctx.Err() != nil:
		return out.String(), fmt.Errorf("stopped after %s, not finished", limit)
	case err != nil:
		return out.String(), fmt.Errorf("%s: %w\n%s%s", filepath.Base(program), err, complaints.String(), out.String())
	}
	return out.String(), nil
}

// check says that it is at fault, if it found another number of states of m than there are.
func (p Peer) check(m M) error {
	if want := m.States(); !want.IsInt64() || want.Int64() != int64(p.States) {
		return fmt.Errorf("FAULT: %s found %d states of M(%s), and there are %s", p.Name, p.States, m, want)
	}
	return nil
}

// firstLine is what has room in a row of the page.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
