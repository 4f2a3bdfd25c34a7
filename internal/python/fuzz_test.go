package python

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// loadAnything loads a source. It has to end in one of the errors of this package, soon.
func loadAnything(t *testing.T, source string) {
	m := New(Options{Random: NewTwister(1), Steps: 20_000})
	start := time.Now()
	_, err := m.LoadSource("fuzz", "fuzz.py", source)
	if d := time.Since(start); d > time.Minute {
		t.Errorf("it took %v", d)
	}
	var refusal *Refusal
	var exception *Exception
	var exhausted *Exhausted
	var deadlock *Deadlock
	if err != nil && !errors.As(err, &refusal) && !errors.As(err, &exception) && !errors.As(err, &exhausted) && !errors.As(err, &deadlock) {
		t.Errorf("%T: %v", err, err)
	}
}

func programs(t testing.TB) (sources []string) {
	files, err := filepath.Glob("testdata/programs/*.py")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, string(b))
	}
	return append(sources, stateProgram)
}

// FuzzSource loads any text: no panic, no endless loop.
func FuzzSource(f *testing.F) {
	for _, source := range programs(f) {
		f.Add(source)
	}
	for _, source := range []string{"x = [0] * 10 ** 10", "while True: pass", "x = 1 << 10 ** 12", "def f(): f()\nf()", "f'{'", "(" + "\n", "match x:\n case", "\\"} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) { loadAnything(t, source) })
}

// TestDamaged loads our programs with pieces cut out, doubled and exchanged, always the same ones.
// damaged is how many damaged programs are loaded.
var damaged = 400

func TestDamaged(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	sources := programs(t)
	n := damaged
	if testing.Short() {
		n = 40
	}
	for range n {
		b := []byte(sources[rng.IntN(len(sources))])
		for range 1 + rng.IntN(4) {
			i := rng.IntN(len(b))
			j := min(len(b), i+1+rng.IntN(12))
			switch rng.IntN(3) {
			case 0:
				b = append(b[:i:i], b[j:]...)
			case 1:
				b = append(b[:j:j], b[i:]...)
			default:
				k := rng.IntN(len(b))
				b[i], b[k] = b[k], b[i]
			}
		}
		loadAnything(t, string(b))
	}
}
