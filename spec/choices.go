// Not upstream's: who decides what definitions.py leaves to random.

package spec

import (
	"math/rand/v2"
	"slices"
)

// Choices decides everything that definitions.py leaves to random, and there is no other nondeterminism. A choice with one
// candidate is never asked for. The site is the Python function, a slash, and a word for the choice.
//
// Random bits and the order of a shuffle are made of such choices, unless the Choices are a [BitsChooser] or a [Shuffler].
type Choices interface {
	// Choose returns a number below n, which is at least 2.
	Choose(site Site, n int) int
}

// A BitsChooser is Choices that draw random bits in a way of their own. The bits of other Choices are none or all.
type BitsChooser interface {
	Choices
	// Bits returns k random bits, k at most 64.
	Bits(site Site, k int) uint64
}

// A Shuffler is Choices that shuffle in a way of their own. Other Choices shuffle as [ShuffleByChoice] does.
type Shuffler interface {
	Choices
	// Shuffle orders n elements, n at least 2, by swaps.
	Shuffle(site Site, n int, swap func(i, j int))
}

// A ThreadChooser is Choices that see which threads they choose among. Others choose a number.
type ThreadChooser interface {
	Choices
	// ChooseThread returns which of the candidates, at least 2 in the order of their creation, is resumed.
	ChooseThread(site Site, candidates []*Thread) int
}

// A WaitChooser is Choices that see what a thread would wait for. Others choose a number: 0 is to wait, 1 to go on.
type WaitChooser interface {
	Choices
	// GoOn reports whether t, which is running and whose condition already holds, goes on without waiting.
	GoOn(t *Thread, condition Condition) bool
}

// First is the choices that always take the first candidate and leave every order as it is.
type First struct{}

// Choose returns 0.
func (First) Choose(Site, int) int { return 0 }

// Shuffle does nothing.
func (First) Shuffle(Site, int, func(i, j int)) {}

// Random is choices drawn from a seeded generator.
type Random struct{ rng *rand.Rand }

// NewRandom returns choices that are a function of seed.
func NewRandom(seed uint64) *Random { return &Random{rand.New(rand.NewPCG(seed, 0))} }

// Choose returns a random number below n.
func (r *Random) Choose(_ Site, n int) int { return r.rng.IntN(n) }

// Bits returns k random bits.
func (r *Random) Bits(_ Site, k int) uint64 { return r.rng.Uint64() >> (64 - k) }

// A Tape is choices that were recorded: it plays them again, and where they end it takes the first candidate. It records which
// choices it was asked for, so that a replay can be compared with the recording.
type Tape struct {
	Numbers []uint64 // one for each Choose and Bits
	Asked   []Asked
}

// Asked is one question a tape was asked: a choice of N candidates, or, if N is 0, of Bits bits.
type Asked struct {
	Site Site
	N    int
	Bits int
	Got  uint64
}

// Choose plays the next number, modulo n.
func (t *Tape) Choose(site Site, n int) int {
	got := t.play() % uint64(n)
	t.Asked = append(t.Asked, Asked{Site: site, N: n, Got: got})
	return int(got)
}

// Bits plays the low k bits of the next number.
func (t *Tape) Bits(site Site, k int) uint64 {
	got := t.play() << (64 - k) >> (64 - k)
	t.Asked = append(t.Asked, Asked{Site: site, Bits: k, Got: got})
	return got
}

func (t *Tape) play() uint64 {
	if n := len(t.Asked); n < len(t.Numbers) {
		return t.Numbers[n]
	}
	return 0
}

// Recorded is choices that are passed on to another and recorded on a tape.
type Recorded struct {
	From Choices
	Tape Tape
}

// Choose records what From chooses.
func (r *Recorded) Choose(site Site, n int) int {
	got := r.From.Choose(site, n)
	r.record(Asked{Site: site, N: n, Got: uint64(got)})
	return got
}

// Bits records what From draws.
func (r *Recorded) Bits(site Site, k int) uint64 {
	got := DrawBits(r.From, site, k)
	r.record(Asked{Site: site, Bits: k, Got: got})
	return got
}

func (r *Recorded) record(a Asked) {
	r.Tape.Asked = append(r.Tape.Asked, a)
	r.Tape.Numbers = append(r.Tape.Numbers, a.Got)
}

// ChooseThread records what From chooses.
func (r *Recorded) ChooseThread(site Site, candidates []*Thread) int {
	got := chooseThreadBy(r.From, site, candidates)
	r.record(Asked{Site: site, N: len(candidates), Got: uint64(got)})
	return got
}

// GoOn records what From chooses.
func (r *Recorded) GoOn(t *Thread, condition Condition) bool {
	got := goesOnBy(r.From, t, func() Condition { return condition })
	r.record(Asked{Site: goOnSite, N: 2, Got: got})
	return got == 1
}

// ShuffleByChoice shuffles with the draws of CPython's random.shuffle: from the last place to the second, each a choice
// among the places up to it.
func ShuffleByChoice(c Choices, site Site, n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, c.Choose(site, i+1))
	}
}

// DrawBits draws k random bits from c. Unless c is a [BitsChooser], it chooses between two representatives: no bit is set,
// or all are.
func DrawBits(c Choices, site Site, k int) uint64 {
	if c, ok := c.(BitsChooser); ok {
		return c.Bits(site, k)
	}
	return -uint64(c.Choose(site, 2)) >> (64 - k)
}

// choose is a choice among n candidates: random.choice, randint or randrange.
func (s *Store) choose(site Site, n int) int {
	if n == 1 {
		return 0
	}
	s.chosen++
	return s.options.Choices.Choose(site, n)
}

// chooseThread is random.choice(list(candidates)) on a set of threads, in the order of their creation.
func (s *Store) chooseThread(site Site, candidates []*Thread) *Thread {
	if len(candidates) == 0 {
		crash(site.function(), "IndexError", "Cannot choose from an empty sequence")
	}
	slices.SortFunc(candidates, func(a, b *Thread) int { return a.serial - b.serial })
	if len(candidates) == 1 {
		return candidates[0]
	}
	s.chosen++
	return candidates[chooseThreadBy(s.options.Choices, site, candidates)]
}

func chooseThreadBy(c Choices, site Site, candidates []*Thread) int {
	if c, ok := c.(ThreadChooser); ok {
		return c.ChooseThread(site, candidates)
	}
	return c.Choose(site, len(candidates))
}

// goOnSite is the choice of a thread that need not wait.
const goOnSite Site = "Thread.wait_until/go-on"

// goesOn is random.randint(0, 1) where t need not wait for readyFunc.
func (s *Store) goesOn(t *Thread, readyFunc ReadyFunc) uint64 {
	s.chosen++
	return goesOnBy(s.options.Choices, t, func() Condition { return conditionOf(readyFunc) })
}

func goesOnBy(c Choices, t *Thread, condition func() Condition) uint64 {
	w, ok := c.(WaitChooser)
	if !ok {
		return uint64(c.Choose(goOnSite, 2))
	}
	if w.GoOn(t, condition()) {
		return 1
	}
	return 0
}

// shuffle is random.shuffle of n elements.
func (s *Store) shuffle(site Site, n int, swap func(i, j int)) {
	if n < 2 {
		return
	}
	if c, ok := s.options.Choices.(Shuffler); ok {
		c.Shuffle(site, n, swap)
	} else {
		ShuffleByChoice(s.options.Choices, site, n, swap)
	}
}
