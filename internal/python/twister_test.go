package python

import (
	"math/big"
	"math/bits"
)

// A Twister draws as CPython's random does: the Mersenne Twister MT19937, seeded with an integer.
type Twister struct {
	state [624]uint32
	at    int
}

// NewTwister makes a Twister as random.seed(seed) leaves it.
func NewTwister(seed int64) *Twister {
	t := &Twister{}
	t.Seed(big.NewInt(seed))
	return t
}

// Seed is random.seed.
func (t *Twister) Seed(seed *big.Int) {
	n := new(big.Int).Abs(seed)
	var key []uint32
	for mask := big.NewInt(0xffffffff); n.Sign() > 0; n.Rsh(n, 32) {
		key = append(key, uint32(new(big.Int).And(n, mask).Uint64()))
	}
	if len(key) == 0 {
		key = []uint32{0}
	}
	t.seedKey(key)
}

// seedOne fills the state from one number, with the multiplier of Knuth.
func (t *Twister) seedOne(s uint32) {
	t.state[0] = s
	for i := 1; i < len(t.state); i++ {
		p := t.state[i-1]
		t.state[i] = 1812433253*(p^p>>30) + uint32(i)
	}
	t.at = len(t.state)
}

// seedKey fills the state from several numbers.
func (t *Twister) seedKey(key []uint32) {
	t.seedOne(19650218)
	s := &t.state
	i, j := 1, 0
	step := func() {
		if i++; i >= len(s) {
			s[0] = s[len(s)-1]
			i = 1
		}
	}
	for range max(len(s), len(key)) {
		p := s[i-1]
		s[i] = (s[i] ^ (p^p>>30)*1664525) + key[j] + uint32(j)
		step()
		j = (j + 1) % len(key)
	}
	for range len(s) - 1 {
		p := s[i-1]
		s[i] = (s[i] ^ (p^p>>30)*1566083941) - uint32(i)
		step()
	}
	s[0] = 1 << 31
}

// next is the next 32 bits.
func (t *Twister) next() uint32 {
	if t.at >= len(t.state) {
		t.twist()
	}
	y := t.state[t.at]
	t.at++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

func (t *Twister) twist() {
	n := len(t.state)
	for i := range n {
		y := t.state[i]&(1<<31) | t.state[(i+1)%n]&(1<<31-1)
		t.state[i] = t.state[(i+397)%n] ^ y>>1 ^ y&1*0x9908b0df
	}
	t.at = 0
}

// Bits is random.getrandbits.
func (t *Twister) Bits(k int) (*big.Int, error) {
	v := new(big.Int)
	for at := 0; at < k; at += 32 {
		word := t.next()
		if k-at < 32 {
			word >>= 32 - (k - at)
		}
		v.Or(v, new(big.Int).Lsh(big.NewInt(int64(word)), uint(at)))
	}
	return v, nil
}

// Below draws from 0 to n-1 as random does: it draws bits until they are small enough.
func (t *Twister) Below(_ string, n int) (int, error) {
	k := bits.Len(uint(n))
	for {
		v, err := t.Bits(k)
		if err != nil {
			return 0, err
		}
		if v.IsInt64() && v.Int64() < int64(n) {
			return int(v.Int64()), nil
		}
	}
}

// Float is random.random.
func (t *Twister) Float() float64 {
	a, b := t.next()>>5, t.next()>>6
	return (float64(a)*67108864 + float64(b)) / 9007199254740992
}
