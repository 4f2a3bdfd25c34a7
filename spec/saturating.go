// Not upstream's: sums and products of pointers and lengths, which are exact in Python.

package spec

import (
	"math"
	"math/bits"
)

// Pointers, lengths and sizes are exact integers in Python. Here they are uint64 whose sums and products saturate, which gives the
// same results: pointers and lengths that guests pass fit into 64 bits, and a sum or product is only compared with the length of
// a memory or a limit of at most 32 bits, or used as the bound of a slice. All of these are below 2^63.

func add(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	if carry != 0 {
		return math.MaxUint64
	}
	return sum
}

func mul(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	if hi != 0 {
		return math.MaxUint64
	}
	return lo
}
