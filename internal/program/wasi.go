package program

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"cabi/component"
)

// wasi is the host's part of WASI 0.2 as far as a program needs it that prints. Clocks and randomness are fixed, so that a run does the
// same each time: the wall clock stands still, the other goes on by a millisecond each time it
// is asked and as long as a program sleeps, and random numbers come from a seed.
type wasi struct {
	args, env []string
	out, err  io.Writer
	clock     uint64   // in nanoseconds
	deadlines []uint64 // of pollables that wait for a time; the first is that of all others
	random    *rand.Rand
}

// An ExitError is the end of a program that called exit.
type ExitError struct{ Code int }

func (e *ExitError) Error() string { return "the program called exit" }

func newWASI(p *Program, out, err io.Writer, seed uint64) *wasi {
	return &wasi{args: p.Args, env: p.Env, out: out, err: err, deadlines: []uint64{0}, random: rand.New(rand.NewPCG(seed, 1))}
}

// What an output stream's handle stands for, and an input stream's.
const (
	standardInput  = 0
	standardOutput = 1
	standardError  = 2
)

// functions are the functions of WASI that are here, by their names without versions.
func (w *wasi) functions() map[string]any {
	all := map[string]any{
		"wasi:cli/environment#get-environment": func() any { return pairs(w.env) },
		"wasi:cli/environment#get-arguments":   func() []string { return w.args },
		"wasi:cli/environment#initial-cwd":     nothing,
		"wasi:cli/exit#exit":                   func(status component.Case) error { return exit(map[string]int{"error": 1}[status.Label]) },
		"wasi:cli/exit#exit-with-code":         func(code uint8) error { return exit(int(code)) },
		"wasi:cli/stdin#get-stdin":             func() uint32 { return standardInput },
		"wasi:cli/stdout#get-stdout":           func() uint32 { return standardOutput },
		"wasi:cli/stderr#get-stderr":           func() uint32 { return standardError },

		"wasi:cli/terminal-stdin#get-terminal-stdin":   nothing,
		"wasi:cli/terminal-stdout#get-terminal-stdout": nothing,
		"wasi:cli/terminal-stderr#get-terminal-stderr": nothing,

		"wasi:io/error#[method]error.to-debug-string": func(uint32) string { return "an error" },
		"wasi:io/poll#[method]pollable.ready":         func(p uint32) bool { return w.deadline(p) <= w.clock },
		"wasi:io/poll#[method]pollable.block":         func(p uint32) { w.clock = max(w.clock, w.deadline(p)) },
		"wasi:io/poll#poll":                           w.poll,

		"wasi:clocks/monotonic-clock#now":                w.now,
		"wasi:clocks/monotonic-clock#resolution":         func() uint64 { return tick },
		"wasi:clocks/monotonic-clock#subscribe-instant":  w.subscribe,
		"wasi:clocks/monotonic-clock#subscribe-duration": func(d uint64) uint32 { return w.subscribe(w.clock + d) },
		"wasi:clocks/wall-clock#now":                     beginning,
		"wasi:clocks/wall-clock#resolution":              beginning,

		"wasi:random/random#get-random-bytes":            w.bytes,
		"wasi:random/random#get-random-u64":              w.random.Uint64,
		"wasi:random/insecure#get-insecure-random-bytes": w.bytes,
		"wasi:random/insecure#get-insecure-random-u64":   w.random.Uint64,
		"wasi:random/insecure-seed#insecure-seed":        func() []uint64 { return []uint64{w.random.Uint64(), w.random.Uint64()} },

		"wasi:filesystem/preopens#get-directories": func() []any { return nil },
	}
	for name, f := range w.streams() {
		all["wasi:io/streams#[method]"+name] = f
	}
	return all
}

// streams are the methods of streams. Whatever is written is taken at once, and there is nothing to read.
func (w *wasi) streams() map[string]any {
	return map[string]any{
		"output-stream.check-write":                     func(uint32) component.Case { return okay(uint64(1 << 16)) },
		"output-stream.write":                           w.write,
		"output-stream.blocking-write-and-flush":        w.write,
		"output-stream.flush":                           done,
		"output-stream.blocking-flush":                  done,
		"output-stream.write-zeroes":                    w.zeroes,
		"output-stream.blocking-write-zeroes-and-flush": w.zeroes,
		"output-stream.subscribe":                       func(uint32) uint32 { return 0 },
		"input-stream.read":                             closed,
		"input-stream.blocking-read":                    closed,
		"input-stream.skip":                             closed,
		"input-stream.blocking-skip":                    closed,
		"input-stream.subscribe":                        func(uint32) uint32 { return 0 },
	}
}

func okay(x any) component.Case { return component.Case{Label: "ok", Payload: x} }

func done(uint32) component.Case { return okay(nil) }

// closed is the answer of a stream at its end: a stream-error.
func closed(uint32, uint64) component.Case {
	return component.Case{Label: "error", Payload: component.Case{Label: "closed"}}
}

func nothing() any { return nil }

func exit(code int) error { return &component.GiveUp{Reason: &ExitError{code}} }

func (w *wasi) write(stream uint32, contents []byte) (component.Case, error) {
	to := w.out
	if stream == standardError {
		to = w.err
	}
	_, err := to.Write(contents)
	return okay(nil), err
}

func (w *wasi) zeroes(stream uint32, n uint64) (component.Case, error) {
	return w.write(stream, make([]byte, min(n, 1<<16)))
}

// tick is how far the monotonic clock goes on each time it is asked.
const tick = 1_000_000

func (w *wasi) now() uint64 {
	w.clock += tick
	return w.clock
}

// beginning is the time of the wall clock.
func beginning() map[string]any {
	return map[string]any{"seconds": uint64(0), "nanoseconds": uint32(0)}
}

func (w *wasi) bytes(n uint64) ([]byte, error) {
	if n > 1<<24 {
		return nil, fmt.Errorf("%d random bytes are asked for, more than 2^24", n)
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(w.random.Uint32())
	}
	return b, nil
}

// subscribe makes a pollable that is ready from a time on.
func (w *wasi) subscribe(at uint64) uint32 {
	w.deadlines = append(w.deadlines, at)
	return uint32(len(w.deadlines) - 1)
}

// deadline is when a pollable is ready. One that is not of these, but a stub's, is always.
func (w *wasi) deadline(p uint32) uint64 {
	if uint64(p) < uint64(len(w.deadlines)) {
		return w.deadlines[p]
	}
	return 0
}

// poll waits for the first of some pollables: it sets the clock to its time, and says which are ready then.
func (w *wasi) poll(list []uint32) (ready []uint32, err error) {
	if len(list) == 0 {
		return nil, errors.New("poll: the list is empty")
	}
	first := w.deadline(list[0])
	for _, p := range list {
		first = min(first, w.deadline(p))
	}
	w.clock = max(w.clock, first)
	for i, p := range list {
		if w.deadline(p) <= w.clock {
			ready = append(ready, uint32(i))
		}
	}
	return ready, nil
}

// pairs are the names and values of an environment.
func pairs(env []string) [][]any {
	all := [][]any{}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		all = append(all, []any{name, value})
	}
	return all
}
