package upstream

import (
	"math/rand/v2"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// seedOf is the seed of one of the runs that are made from a seed.
func seedOf(seed uint64, run int) uint64 { return seed*0x9E3779B97F4A7C15 + uint64(run) }

// random makes a random run on the port: a world, and a generator of actions in it. The run is a function of the seed.
func (r *recorder) random(seed uint64, pool *spec.Pool) {
	c := newChooser(seed)
	r.choices = biasedChoices{c}
	if c.oneIn(5) {
		r.actor = newValueGenerator(c, r)
		r.run(randomValueWorld(c), c.oneIn(10), pool)
		return
	}
	r.actor = newGenerator(c, r)
	r.run(randomWorld(c), c.oneIn(10), pool)
}

// randomRun makes the random run of a seed with a new recorder.
func randomRun(seed uint64, pool *spec.Pool, seen *Coverage) *recorder {
	rec := &recorder{seen: seen}
	rec.random(seed, pool)
	return rec
}

// biasedChoices are random choices of the specification. An error context's message is almost always discarded: definitions.py
// crashes where it is kept.
type biasedChoices struct{ chooser }

func (b biasedChoices) Choose(site spec.Site, n int) int {
	if site == "canon_error_context_new/discard" && !b.oneIn(40) {
		return 1
	}
	return b.IntN(n)
}

func (b biasedChoices) Bits(_ spec.Site, k int) uint64 { return b.Uint64() >> (64 - k) }

// A chooser is a source of random numbers.
type chooser struct{ *rand.Rand }

func newChooser(seed uint64) chooser { return chooser{rand.New(rand.NewPCG(seed, 0xcab1))} }

// one is true once in n.
func (c chooser) oneIn(n int) bool { return c.IntN(n) == 0 }

// pick is a random element of a list.
func pick[T any](c chooser, list []T) T { return list[c.IntN(len(list))] }

// A perturbing is an actor that takes the actions of another, and now and then passes another number than that would: what no generator
// thinks of, such as a code that there is not, an index of something else or a length that is one too many.
type perturbing struct {
	model.Actor
	chooser
	often int // in so many actions, one number is another
}

// Next chooses the next action.
func (p perturbing) Next(run *model.Run, at *model.Activation) model.Action {
	a := p.Actor.Next(run, at)
	if len(a.Args) == 0 || !p.oneIn(p.often) {
		return a
	}
	other := a
	other.Args = slices.Clone(a.Args)
	if i := p.IntN(len(a.Args)); !a.Args[i].IsFloat() {
		n := a.Args[i].Uint64()
		other.Args[i] = spec.CoreInt(pick(p.chooser, []uint64{n ^ 1<<p.IntN(8), n + 1, n - 1, 0, uint64(p.IntN(12)), n | 1<<31, n | 1<<40}))
	}
	if valid, err := model.ParseAction(run, at, strings.Fields(other.String())); err == nil {
		return valid
	}
	return a
}
