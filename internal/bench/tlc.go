package bench

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// TLA is M as a model for TLC, of any size.
//
//go:embed peers/M.tla
var TLA string

// TLCConfig is what makes TLA that of a size.
func (m M) TLCConfig() string {
	return fmt.Sprintf("CONSTANTS\n  T = %d\n  H = %d\n  L = %d\nINIT Init\nNEXT Next\n", m.T, m.H, m.L)
}

var (
	tlcName   = regexp.MustCompile(`(?m)^(TLC\d*) Version (\S+)`)
	tlcStates = regexp.MustCompile(`(?m)^(\d+) states generated, (\d+) distinct states found, 0 states left on queue\.`)
)

// TLC explores m with TLC, on every core. The environment's CABI_TLA2TOOLS names tla2tools.jar.
func TLC(m M) (Peer, error) {
	peer := Peer{Name: "TLC", Size: m.String(), Cores: runtime.NumCPU()}
	jar := os.Getenv("CABI_TLA2TOOLS")
	if jar == "" {
		return peer, errors.New("CABI_TLA2TOOLS is not set: it names tla2tools.jar, which java runs")
	}
	jar, err := filepath.Abs(jar) // it is run elsewhere
	if err != nil {
		return peer, err
	}
	if _, err := os.Stat(jar); err != nil {
		return peer, fmt.Errorf("CABI_TLA2TOOLS: %w", err)
	}
	dir, err := os.MkdirTemp("", "cabi-tlc-")
	if err != nil {
		return peer, err
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string]string{"M.tla": TLA, "M.cfg": m.TLCConfig()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return peer, err
		}
	}
	// The collector is the one that TLC asks for. -deadlock switches that check off, and checkpoint 0 writing its state down.
	out, err := peer.run(dir, peerLimit, "java", "-XX:+UseParallelGC", "-Djava.io.tmpdir="+dir, "-cp", jar, "tlc2.TLC",
		"-workers", strconv.Itoa(peer.Cores), "-deadlock", "-checkpoint", "0", "-metadir", filepath.Join(dir, "states"), "-config", "M.cfg", "M.tla")
	if err != nil {
		return peer, err
	}
	return peer, peer.readTLC(out)
}

// readTLC takes its name and what it found from what it printed.
func (p *Peer) readTLC(out string) error {
	if name := tlcName.FindStringSubmatch(out); name != nil {
		p.Name = name[1] + " " + name[2]
	}
	found := tlcStates.FindStringSubmatch(out)
	if found == nil {
		return fmt.Errorf("it did not say how many states it found\n%s", strings.TrimSpace(out))
	}
	generated, _ := strconv.Atoi(found[1])
	p.States, _ = strconv.Atoi(found[2])
	p.Transitions = generated - 1 // the first state was generated too
	return nil
}
