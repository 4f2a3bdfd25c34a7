package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Promela writes the model M in Promela, the language of SPIN.
func (m M) Promela() string {
	var b strings.Builder
	fmt.Fprintf(&b, `/* M(%s): two handle tables with free lists. v: 0 free, else 1 + lends + %d * type; f: the free list; n: places; k: of them free. */
#define H %d
byte v[2*H], f[2*H], n[2], k[2];
hidden byte x, i;
#define live(t) (n[t] - k[t])
#define lends(p) ((v[p] - 1) %% %d)
inline add(t) {
  if
  :: k[t] > 0 -> k[t]--; i = f[t*H + k[t]]; f[t*H + k[t]] = 0
  :: else -> i = n[t]; n[t]++
  fi;
  v[t*H + i] = x; x = 0; i = 0
}
inline take(t, p) { x = v[p]; v[p] = 0; f[t*H + k[t]] = p - t*H; k[t]++ }
active proctype tables() {
  do
`, m, m.L+1, m.H, m.L+1)
	for t := range m.T {
		fmt.Fprintf(&b, "  :: d_step { live(0) < H -> x = %d; add(0) }\n", 1+t*(m.L+1))
	}
	for p := range 2 * m.H {
		t := p / m.H
		fmt.Fprintf(&b, "  :: d_step { v[%d] && lends(%d) == 0 -> take(%d, %d); x = 0 }\n", p, p, t, p)
		fmt.Fprintf(&b, "  :: d_step { v[%d] && lends(%d) == 0 && live(%d) < H -> take(%d, %d); add(%d) }\n", p, p, 1-t, t, p, 1-t)
		fmt.Fprintf(&b, "  :: d_step { v[%d] && lends(%d) < %d -> v[%d]++ }\n", p, p, m.L, p)
		fmt.Fprintf(&b, "  :: d_step { v[%d] && lends(%d) > 0 -> v[%d]-- }\n", p, p, p)
	}
	b.WriteString("  od\n}\n")
	return b.String()
}

// Spin explores m with SPIN. If spin or gcc is not installed, the error says so.
func Spin(m M) (Peer, error) {
	peer := Peer{Name: "SPIN", Size: m.String(), Cores: 1}
	dir, err := os.MkdirTemp("", "cabi-spin-")
	if err != nil {
		return peer, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "m.pml"), []byte(m.Promela()), 0o666); err != nil {
		return peer, err
	}
	for _, args := range [][]string{{"spin", "-a", "m.pml"}, {"gcc", "-O2", "-w", "-DSAFETY", "-DNOREDUCE", "-DMEMLIM=16000", "-o", "pan", "pan.c"}} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return peer, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	if out, err := exec.Command("spin", "-V").Output(); err == nil {
		peer.Name = strings.TrimSpace(strings.Split(string(out), "--")[0])
	}
	out, err := peer.run(dir, peerLimit, filepath.Join(dir, "pan"), "-m20000000", "-w24")
	if err != nil {
		return peer, err
	}
	for line := range strings.Lines(out) {
		if n, found := strings.CutSuffix(strings.TrimSpace(line), " states, stored"); found {
			peer.States, _ = strconv.Atoi(n)
		}
	}
	return peer, nil
}
