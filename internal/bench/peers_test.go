package bench

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TLC and Stateright find the number of states that M has, and as many transitions as this program. A peer that is not
// installed is skipped.
func TestPeers(t *testing.T) {
	for _, peer := range []struct {
		setting string
		explore func(M) (Peer, error)
	}{{"CABI_TLA2TOOLS", TLC}, {"CABI_STATERIGHT", Stateright}} {
		t.Run(peer.setting, func(t *testing.T) {
			if os.Getenv(peer.setting) == "" {
				_, err := peer.explore(M{1, 1, 0})
				t.Skip(err)
			}
			for _, m := range []M{{1, 2, 1}, {2, 2, 1}, {1, 3, 2}} {
				found, err := peer.explore(m)
				if err == nil {
					err = found.check(m)
				}
				search := m.Search()
				r, failed := search.Run()
				if err := errors.Join(err, failed); err != nil || found.Transitions != r.Transitions || found.Seconds == 0 || !strings.ContainsAny(found.Name, "0123456789") {
					t.Errorf("M(%s): %+v, want %d transitions; error %v", m, found, r.Transitions, err)
				}
			}
		})
	}
}

// The module for TLC has the constants that the configuration sets.
func TestTLCModel(t *testing.T) {
	want := "CONSTANTS\n  T = 2\n  H = 4\n  L = 1\nINIT Init\nNEXT Next\n"
	if got := (M{2, 4, 1}).TLCConfig(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, line := range []string{"---- MODULE M ----\n", "\nCONSTANTS T, H, L ", "\nInit == ", "\nNext ==\n"} {
		if !strings.Contains(TLA, line) {
			t.Errorf("the module has no %q", line)
		}
	}
}

// The output of a peer is read, and output without a result is an error.
func TestReadPeers(t *testing.T) {
	const tlc = "TLC2 Version 2.19 of 08 August 2024 (rev: 5a47802)\nStarting...\n5803 states generated, 993 distinct states found, "
	const stateright = "Stateright 0.31.0: 993 states"
	for _, c := range []struct {
		read func(*Peer, string) error
		out  string
		want Peer
	}{
		{(*Peer).readTLC, tlc + "0 states left on queue.\nThe depth\n", Peer{Name: "TLC2 2.19", States: 993, Transitions: 5802}},
		{(*Peer).readTLC, tlc + "7 states left on queue.\n", Peer{}},
		{(*Peer).readTLC, "", Peer{}},
		{(*Peer).readStateright, stateright + ", 5803 generated\n", Peer{Name: "Stateright 0.31.0", States: 993, Transitions: 5802}},
		{(*Peer).readStateright, stateright, Peer{}},
		{(*Peer).readStateright, "", Peer{}},
	} {
		var got Peer
		err := c.read(&got, c.out)
		if err == nil && got != c.want || (err != nil) != (c.want == Peer{}) {
			t.Errorf("%q: %+v, error %v; want %+v", c.out, got, err, c.want)
		}
	}
}

// A peer that finds another number of states than M has is at fault.
func TestPeerCheck(t *testing.T) {
	m := M{2, 2, 1}
	if err := (Peer{Name: "X 1", States: 993}).check(m); err != nil {
		t.Error(err)
	}
	if err := (Peer{Name: "X 1", States: 992}).check(m); err == nil || err.Error() != "FAULT: X 1 found 992 states of M(2,2,1), and there are 993" {
		t.Error(err)
	}
}

// A peer that takes too long is stopped. The error of one that fails has its output, and that of one that is not installed its
// name.
func TestPeerRun(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("sh is not installed")
	}
	for _, c := range []struct{ script, want string }{
		{"exec sleep 60", "stopped after 500ms, not finished"},
		{"sleep 5 & wait", "stopped after 500ms, not finished"},
		{"echo no >&2; exit 3", "sh: exit status 3\nno\n"},
	} {
		var peer Peer
		if _, err := peer.run("", 500*time.Millisecond, "sh", "-c", c.script); err == nil || err.Error() != c.want || peer.Seconds == 0 {
			t.Errorf("%s: %+v, error %q; want %q", c.script, peer, err, c.want)
		}
	}
	var peer Peer
	if _, err := peer.run("", time.Minute, "./no-such-program"); err == nil || !strings.HasPrefix(err.Error(), "no-such-program: ") {
		t.Error(err)
	}
}

// The row of a peer that is not installed says so. A peer that is at fault is an error, and the page ends there.
func TestPeerRows(t *testing.T) {
	defer func(real []peer) { peers = real }(peers)
	found := func(states int) func(M) (Peer, error) {
		return func(M) (Peer, error) {
			return Peer{Name: "X 1", Cores: 2, States: states, Transitions: 5, Seconds: 1.5}, nil
		}
	}
	missing := func(M) (Peer, error) { return Peer{Name: "Y"}, errors.New("it is not there\nat all") }
	var out strings.Builder
	row := func(who string, states int, transitions string, seconds float64, peak int64) {
		fmt.Fprintln(&out, who, states, transitions, seconds)
	}
	peers = []peer{{"Y", missing}, {"X", found(993)}, {"X", found(992)}, {"X", found(993)}}
	err := Page{Progress: func(string) {}}.writePeers(&out, M{2, 2, 1}, row)
	if want := "| 2,2,1 | | | Y: it is not there | | | |\nX 1, 2 cores 993 5 1.5\nX 1, 2 cores 992 5 1.5\n"; out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	if err == nil || !strings.HasPrefix(err.Error(), "FAULT: X 1 ") {
		t.Error(err)
	}
}
