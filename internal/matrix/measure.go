package matrix

import (
	"math"
	"slices"
	"sync"
	"time"

	"cabi/model"
	"cabi/spec"
)

// Measured is the cost of a variant.
type Measured struct {
	// Places is the most places that the arrays of an instance had in a state of the world handles, divided by the most handles that
	// the instance ever held at once.
	Places float64
	// Churn is the same ratio after a fixed program. The program makes 64 handles of a type and drops them, for each of four types, and all
	// that twice.
	Churn float64
	// Lookup is how long a lookup takes, as a multiple of the time under per-type in the same process.
	Lookup float64
}

// worstPlaces explores a world, and returns the worst ratio of places to handles.
func worstPlaces(v *spec.Variant, s scope, workers int) float64 {
	var worst struct {
		sync.Mutex
		ratio float64
	}
	report := func(ratio float64) {
		worst.Lock()
		defer worst.Unlock()
		worst.ratio = max(worst.ratio, ratio)
	}
	p := &model.Property{Name: "places", Indices: true, New: func() model.Checker { return &places{report: report} }}
	model.Search{World: model.WorldByName(s.world), Variant: v, Properties: []*model.Property{p}, Bounds: s.bounds, Workers: workers}.Run()
	return worst.ratio
}

// places is a checker that counts the handles of each instance and reports ratios. It finds no violations.
type places struct {
	model.BaseChecker
	report     func(ratio float64)
	live, most map[*spec.ComponentInstance]int
}

func (c *places) Begin(*model.Run) {
	c.live, c.most = map[*spec.ComponentInstance]int{}, map[*spec.ComponentInstance]int{}
}

func (c *places) Issued(inst *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	if spec.ClassOf(e) != spec.ClassThread {
		c.live[inst]++
		c.most[inst] = max(c.most[inst], c.live[inst])
	}
}

func (c *places) Retired(inst *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	if spec.ClassOf(e) != spec.ClassThread {
		c.live[inst]--
	}
}

func (c *places) State(r *model.Run) {
	if r.Store.Variant().Shared {
		c.report(c.shared(r))
		return
	}
	for _, inst := range r.Store.Instances() {
		if c.most[inst] > 0 {
			c.report(float64(arrays(inst)) / float64(c.most[inst]))
		}
	}
}

// shared is the ratio of a table that all instances share. The sum of the most handles that each instance held is at least the most handles
// that all held together, so the ratio may be too small.
func (c *places) shared(r *model.Run) float64 {
	most := 0
	for _, inst := range r.Store.Instances() {
		most += c.most[inst]
	}
	if most == 0 {
		return 0
	}
	return float64(arrays(r.Store.Instances()[0])) / float64(most)
}

// AppendGhost appends the most handles that each instance held at once.
func (c *places) AppendGhost(b []byte) []byte {
	for inst, n := range c.inOrder {
		b = append(b, inst.Name...)
		b = append(b, byte(n))
	}
	return b
}

// inOrder yields the counts in the order of the instances' names.
func (c *places) inOrder(yield func(*spec.ComponentInstance, int) bool) {
	for inst := range c.most {
		for _, i := range inst.Store().Instances() {
			if !yield(i, c.most[i]) {
				return
			}
		}
		return
	}
}

// arrays is how many places the arrays of an instance's tables have, without the first place of each array, which is never used.
func arrays(inst *spec.ComponentInstance) uint64 {
	var n uint64
	for _, t := range inst.HandleTables() {
		n += t.Length - 1
	}
	return n
}

const (
	churnTypes   = 4
	churnHandles = 64
)

// churn computes Measured.Churn.
func churn(v *spec.Variant) float64 {
	w := newWorkload(v)
	defer w.store.Close()
	w.call(func() {
		for _, rt := range slices.Concat(w.types, w.types) {
			for _, i := range w.make(rt) {
				spec.CanonResourceDrop(w.store, rt, i)
			}
		}
	})
	return float64(arrays(w.inst)) / churnHandles
}

// A workload is an instance with some resource types.
type workload struct {
	store *spec.Store
	inst  *spec.ComponentInstance
	types []*spec.ResourceType
}

func newWorkload(v *spec.Variant) *workload {
	w := &workload{store: spec.NewStore(spec.Options{Variant: v, Choices: &lcg{}})}
	w.inst = spec.NewComponentInstance(w.store, nil)
	for i := range churnTypes {
		w.types = append(w.types, spec.NewResourceType(string(rune('R'+i)), w.inst, nil))
	}
	return w
}

// call runs core code of the instance.
func (w *workload) call(core func()) {
	f := w.store.Lift(func([]spec.CoreValue) []spec.CoreValue { core(); return nil }, &spec.FuncType{}, &spec.CanonicalOptions{}, w.inst)
	if _, err := w.store.Invoke(f, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {})); err != nil {
		panic(err)
	}
}

// make makes handles of a type, and returns their indices.
func (w *workload) make(rt *spec.ResourceType) []uint64 {
	indices := make([]uint64, churnHandles)
	for i := range indices {
		indices[i] = spec.CanonResourceNew(w.store, rt, uint64(i))[0].Uint64()
	}
	return indices
}

// lookups are how long a lookup takes under each variant, as multiples of the time under per-type.
func lookups(variants []*spec.Variant) []float64 {
	best := make([]float64, len(variants))
	for i := range best {
		best[i] = math.Inf(1)
	}
	for range lookupRounds { // in turn, so that a slow moment of the machine affects all variants
		for i, v := range variants {
			best[i] = min(best[i], lookup(v))
		}
	}
	base := math.NaN()
	for i, v := range variants {
		if v == spec.PerType {
			base = best[i]
		}
	}
	for i := range best {
		best[i] /= base
	}
	return best
}

const (
	lookupRounds  = 15
	lookupRepeats = 40
)

// lookup is how many nanoseconds a resource.rep takes, where all types have equally many handles.
func lookup(v *spec.Variant) float64 {
	w := newWorkload(v)
	defer w.store.Close()
	var took time.Duration
	w.call(func() {
		made := make([][]uint64, churnTypes)
		for t, rt := range w.types {
			made[t] = w.make(rt)
		}
		start := time.Now()
		for range lookupRepeats {
			for t, rt := range w.types {
				for _, i := range made[t] {
					spec.CanonResourceRep(w.store, rt, i)
				}
			}
		}
		took = time.Since(start)
	})
	return float64(took.Nanoseconds()) / (lookupRepeats * churnTypes * churnHandles)
}

// An lcg draws from a fixed linear congruential sequence.
type lcg struct{ state uint64 }

// Choose draws one of n.
func (l *lcg) Choose(_ spec.Site, n int) int {
	l.state = l.state*6364136223846793005 + 1442695040888963407
	return int((l.state >> 33) % uint64(n))
}

// Bits draws k bits.
func (l *lcg) Bits(site spec.Site, k int) uint64 {
	var bits uint64
	for range k {
		bits = bits<<1 | uint64(l.Choose(site, 2))
	}
	return bits
}
