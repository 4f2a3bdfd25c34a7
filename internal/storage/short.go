package storage

import (
	"encoding/binary"
	"math/bits"
)

// ShortKey is the key of a state of at most 8 bytes. It is the state in another form: two states of the same length never have the
// same key. Of its 64 bits, six are the number of the shard, and the others are in the lower half.
func ShortKey(state []byte) Key {
	var b [8]byte
	copy(b[:], state)
	k := scramble(binary.LittleEndian.Uint64(b[:]))
	return Key{Hi: bits.RotateLeft64(k, -shardBits), Lo: k | (Shards - 1)}
}

// AppendState appends the state of width bytes that a short key stands for.
func AppendState(b []byte, k Key, width int) []byte {
	var state [8]byte
	binary.LittleEndian.PutUint64(state[:], unscramble(bits.RotateLeft64(k.Hi, shardBits)))
	return append(b, state[:width]...)
}

// shortHi is the upper half of a short key, from its lower half and the number of its shard.
func shortHi(lo uint64, shard int) uint64 {
	return bits.RotateLeft64(lo&^(Shards-1)|uint64(shard), -shardBits)
}

// scramble is a permutation of the 64-bit numbers in which each bit of x affects all bits of the result: the last step of
// MurmurHash3, fmix64. It spreads states that are alike over all shards and places.
func scramble(x uint64) uint64 {
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// unscramble is the inverse of scramble.
func unscramble(x uint64) uint64 {
	x = (x ^ x>>33) * 0x9cb4b2f8129337db
	x = (x ^ x>>33) * 0x4f74430c22a54005
	return x ^ x>>33
}
