package upstream

import (
	"testing"

	"cabi/internal/engine"
	"cabi/spec"
)

// BenchmarkRandomRun makes random runs on the port, and compares them with the interpreter's, as one worker of Compare does.
func BenchmarkRandomRun(b *testing.B) {
	dir := upstreamDir(b)
	b.Run("port", func(b *testing.B) {
		pool, seen := &spec.Pool{}, newCoverage()
		defer pool.Close()
		for i := range b.N {
			randomRun(seedOf(7, i), pool, seen)
		}
	})
	b.Run("both", func(b *testing.B) {
		source, err := engine.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		p, err := newInterpreter(source)
		if err != nil {
			b.Fatal(err)
		}
		pool, seen := &spec.Pool{}, newCoverage()
		defer pool.Close()
		b.ResetTimer()
		for i := range b.N {
			rec := randomRun(seedOf(7, i), pool, seen)
			if same, _ := p.agrees(rec.recorded, rec.lines); !same {
				b.Fatalf("run %d differs", i)
			}
		}
	})
}
