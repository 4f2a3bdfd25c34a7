package storage

import (
	"encoding/binary"
	"math/bits"
)

// ShortKey is the key of a state of 8 bytes at most. It is the state in another form: no two of the same length have one key.
// Six of its 64 bits say the shard; the others are the lower half.
func ShortKey(state []byte) Key {
	var b [8]byte
	copy(b[:], state)
	k := mix(binary.LittleEndian.Uint64(b[:]))
	return Key{Hi: bits.RotateLeft64(k, -shardBits), Lo: k | (Shards - 1)}
}

// AppendState appends the state of so many bytes that a short key stands for.
func AppendState(b []byte, k Key, width int) []byte {
	var state [8]byte
	binary.LittleEndian.PutUint64(state[:], unmix(bits.RotateLeft64(k.Hi, shardBits)))
	return append(b, state[:width]...)
}

// shortHi is the upper half of a short key: that the key is in a shard says what is not in the lower half.
func shortHi(lo uint64, shard int) uint64 {
	return bits.RotateLeft64(lo&^(Shards-1)|uint64(shard), -shardBits)
}

// mix makes all of x's bits matter to all of its own, as hashes do at their end (MurmurHash3's fmix64), and unmix undoes it.
func mix(x uint64) uint64 {
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

func unmix(x uint64) uint64 {
	x = (x ^ x>>33) * 0x9cb4b2f8129337db
	x = (x ^ x>>33) * 0x4f74430c22a54005
	return x ^ x>>33
}
