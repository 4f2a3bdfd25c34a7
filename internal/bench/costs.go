package bench

import (
	"iter"
	"math/rand/v2"
	"time"
)

// SwitchTime is the average time to resume a coroutine until it yields.
func SwitchTime() time.Duration {
	next, stop := iter.Pull(func(yield func(int) bool) {
		for yield(0) {
		}
	})
	defer stop()
	return averageTime(1_000_000, func(int) { next() })
}

// PanicTime is the average time of a panic that is recovered so many calls further up, each of which has a deferred call.
func PanicTime(calls int) time.Duration {
	return averageTime(20_000, func(int) {
		defer func() { recover() }()
		panicThrough(calls)
	})
}

// panicThrough panics below so many calls.
//
//go:noinline
func panicThrough(calls int) {
	if calls == 0 {
		panic("up")
	}
	defer func() {}()
	panicThrough(calls - 1)
}

// RandomReadTime is the average time of a read at a random place of so many bytes of memory. Each read depends on the last, so
// that the processor cannot overlap them.
func RandomReadTime(bytes int) time.Duration {
	memory := make([]uint64, bytes/8)
	for i := range memory {
		memory[i] = rand.Uint64()
	}
	at := uint64(0)
	return averageTime(5_000_000, func(i int) { at = memory[(at+uint64(i))%uint64(len(memory))] })
}

// averageTime calls f n times.
func averageTime(n int, f func(i int)) time.Duration {
	begun := time.Now()
	for i := range n {
		f(i)
	}
	return time.Since(begun) / time.Duration(n)
}
