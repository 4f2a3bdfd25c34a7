package bench

import (
	"iter"
	"math/rand/v2"
	"time"
)

// Switch is how long a coroutine takes to be resumed and to yield.
func Switch() time.Duration {
	next, stop := iter.Pull(func(yield func(int) bool) {
		for yield(0) {
		}
	})
	defer stop()
	return timed(1_000_000, func(int) { next() })
}

// Unwinding is how long a panic takes through so many calls, each with a deferred one, to where it is recovered.
func Unwinding(calls int) time.Duration {
	return timed(20_000, func(int) {
		defer func() { recover() }()
		unwound(calls)
	})
}

//go:noinline
func unwound(calls int) {
	if calls == 0 {
		panic("up")
	}
	defer func() {}()
	unwound(calls - 1)
}

// Miss is how long one read at random takes in so many bytes of memory.
func Miss(bytes int) time.Duration {
	memory := make([]uint64, bytes/8)
	for i := range memory {
		memory[i] = rand.Uint64()
	}
	at := uint64(0)
	return timed(5_000_000, func(i int) { at = memory[(at+uint64(i))%uint64(len(memory))] })
}

func timed(n int, f func(i int)) time.Duration {
	begun := time.Now()
	for i := range n {
		f(i)
	}
	return time.Since(begun) / time.Duration(n)
}
