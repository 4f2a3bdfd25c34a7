package bench

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Stateright explores m with Stateright, on every core. The environment's CABI_STATERIGHT names the program of
// peers/stateright.rs, which is built beforehand.
func Stateright(m M) (Peer, error) {
	peer := Peer{Name: "Stateright", Size: m.String(), Cores: runtime.NumCPU()}
	program := os.Getenv("CABI_STATERIGHT")
	if program == "" {
		return peer, errors.New("CABI_STATERIGHT is not set: it names the program of internal/bench/peers/stateright.rs")
	}
	program, err := filepath.Abs(program)
	if err != nil {
		return peer, err
	}
	if _, err := exec.LookPath(program); err != nil {
		return peer, fmt.Errorf("CABI_STATERIGHT: %w", err)
	}
	out, err := peer.run("", peerLimit, program, strconv.Itoa(m.T), strconv.Itoa(m.H), strconv.Itoa(m.L), strconv.Itoa(peer.Cores))
	if err != nil {
		return peer, err
	}
	return peer, peer.readStateright(out)
}

// readStateright takes its name and what it found from what it printed.
func (p *Peer) readStateright(out string) error {
	name, found, _ := strings.Cut(out, ": ")
	var generated int
	if _, err := fmt.Sscanf(found, "%d states, %d generated", &p.States, &generated); err != nil {
		return fmt.Errorf("it did not say how many states it found\n%s", strings.TrimSpace(out))
	}
	p.Name, p.Transitions = name, generated-1 // the first state was generated too
	return nil
}
