package snapshot

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"
)

type shape interface{ area() int }

type square struct{ side int }

func (s *square) area() int { return s.side * s.side }

type boxed struct {
	s    *square
	list []int
}

func (b boxed) area() int { return b.s.area() }

// alone is one pointer: an interface has it as its second word.
type alone struct{ s *square }

func (a alone) area() int { return a.s.area() }

type inner struct {
	n    int
	next *node
}

type node struct {
	inner
	name   string
	shapes []shape
	words  [2]uint64
	flags  []bool
	ages   map[string]int
	byNode map[*node]*square
	any    any
	fixed  *constant
	peer   *inner // perhaps the one within another node
	about  *mention
	row    []square // of which is told, by its first
}

// A mention is constant; what it mentions is not.
type mention struct{ of *square }

type constant struct{ n int }

var fixed = Types{Fixed: []reflect.Type{reflect.TypeFor[constant]()}}

// toldTypes are also such that a snapshot does not look for changes in them, and checks what it is told.
var toldTypes = Types{Fixed: fixed.Fixed, Constant: []reflect.Type{reflect.TypeFor[mention]()}, Told: func(t reflect.Type) bool { return t == reflect.TypeFor[square]() }, Check: true}

// TestCheck changes what a snapshot does not look at, without telling: Restore must panic, in a test.
func TestCheck(t *testing.T) {
	for name, f := range map[string]func(*node){
		"constant": func(n *node) { n.about.of = nil },
		"told":     func(n *node) { n.about.of.side++ },
	} {
		s := New(toldTypes)
		n := &node{about: &mention{&square{1}}}
		s.Add(n)
		f(n)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			s.Restore()
		}()
	}
}

// world is some nodes that refer to each other.
func world(rng *rand.Rand) *node {
	nodes := make([]*node, 6)
	for i := range nodes {
		nodes[i] = &node{name: fmt.Sprint("n", i), ages: map[string]int{}, byNode: map[*node]*square{}, fixed: &constant{1}, row: make([]square, 1, 8)}
	}
	for range 40 {
		change(nodes, rng, func(any) {})
	}
	for i := range nodes {
		nodes[i].next = nodes[(i+1)%len(nodes)]
	}
	return nodes[0]
}

// reachable are the nodes of a world.
func reachable(root *node) []*node {
	nodes := []*node{root}
	for n := root.next; n != nil && n != root && len(nodes) < 50; n = n.next {
		nodes = append(nodes, n)
	}
	return nodes
}

// change makes a random change in some nodes, in place where that is possible. It tells of squares that change.
func change(nodes []*node, rng *rand.Rand, tell func(any)) {
	grow := func(s *square) {
		tell(s)
		s.side++
	}
	a, b := nodes[rng.IntN(len(nodes))], nodes[rng.IntN(len(nodes))]
	switch rng.IntN(17) {
	case 0:
		a.n, a.name = rng.IntN(9), fmt.Sprint(rng.IntN(9))
	case 1:
		a.shapes = append(a.shapes, &square{rng.IntN(5)}, alone{&square{rng.IntN(5)}}, boxed{&square{rng.IntN(5)}, []int{1, 2}})
	case 2:
		if len(a.shapes) > 0 {
			a.shapes = append(a.shapes[:0], a.shapes[1:]...)
		}
	case 3:
		for _, s := range a.shapes {
			switch s := s.(type) {
			case *square:
				grow(s)
			case alone:
				grow(s.s)
			case boxed:
				grow(s.s)
				s.list[0]++
			}
		}
	case 4:
		a.ages[fmt.Sprint(rng.IntN(5))] = rng.IntN(5)
	case 5:
		delete(a.ages, fmt.Sprint(rng.IntN(5)))
	case 6:
		a.byNode[b] = &square{rng.IntN(5)}
	case 7:
		if s := a.byNode[b]; s != nil {
			grow(s)
		}
		delete(b.byNode, a)
	case 8:
		a.any = []any{rng.IntN(5), &square{1}, boxed{&square{2}, []int{0}}, nil, "x", alone{&square{3}}}[rng.IntN(6)]
	case 9:
		a.words[rng.IntN(2)]++
		a.flags = append(a.flags, true)
		a.flags[0] = !a.flags[0]
	case 10:
		a.peer = &b.inner
	case 11:
		if a.peer != nil {
			a.peer.n++
		}
	case 12:
		a.about = &mention{&square{rng.IntN(5)}}
	case 13:
		if a.about != nil {
			grow(a.about.of)
		}
	case 14:
		a.ages, a.next = map[string]int{}, &node{row: make([]square, 1, 8), fixed: a.fixed, ages: map[string]int{}, byNode: map[*node]*square{}, inner: inner{next: a.next}}
	case 15:
		if tell(&a.row[0]); len(a.row) < cap(a.row) {
			a.row = append(a.row, square{rng.IntN(5)})
		}
	case 16:
		tell(&a.row[0])
		a.row[rng.IntN(len(a.row))].side++
		a.row = a.row[:max(1, len(a.row)-rng.IntN(3))]
	}
}

// text is the contents of a world, and which of its objects are the same.
func text(root *node) string {
	numbers := map[any]int{}
	number := func(p any) int {
		if _, known := numbers[p]; !known {
			numbers[p] = len(numbers)
		}
		return numbers[p]
	}
	out := ""
	for _, n := range reachable(root) {
		out += fmt.Sprintf("%p %d %d %s %v %v %v %d\n", n, number(n), n.n, n.name, n.words, n.flags, n.ages, len(n.byNode))
		for _, s := range append(n.shapes, nil) {
			switch s := s.(type) {
			case *square:
				out += fmt.Sprintf("%p %d %d\n", s, number(s), s.side)
			case alone:
				out += fmt.Sprintf("%p %d\n", s.s, s.s.side)
			case boxed:
				out += fmt.Sprintf("%p %d %v\n", s.s, s.s.side, s.list)
			}
		}
		for _, other := range reachable(root) {
			if s := n.byNode[other]; s != nil {
				out += fmt.Sprintf("%p=%p %d\n", other, s, s.side)
			}
		}
		switch v := n.any.(type) {
		case *square:
			out += fmt.Sprintf("%p %d\n", v, v.side)
		case boxed:
			out += fmt.Sprintf("%p %d %v\n", v.s, v.s.side, v.list)
		default:
			out += fmt.Sprintf("%v\n", v)
		}
		out += fmt.Sprintf("%p %v\n", n.peer, n.row)
		if n.about != nil {
			out += fmt.Sprintf("%p %d\n", n.about, n.about.of.side)
		}
	}
	return out
}

// TestRestore changes objects at random: Restore must put them back as they were at Add, again and again, while garbage is
// collected.
func TestRestore(t *testing.T) {
	s := New(fixed)
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		root := world(rng)
		s.Clear()
		s.Add(root)
		want := text(root)
		for range 4 {
			for range 1 + rng.IntN(30) {
				change(reachable(root), rng, s.Changed)
			}
			if seed%20 == 0 {
				runtime.GC()
			}
			s.Restore()
			if got := text(root); got != want {
				t.Fatalf("seed %d: saved\n%s\nrestored\n%s", seed, want, got)
			}
		}
	}
}

// TestLevels pushes and pops levels at random, between changes: Restore must put objects back as they were at the level on top.
func TestLevels(t *testing.T) {
	s := New(toldTypes)
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 2))
		root := world(rng)
		s.Clear()
		s.Add(root)
		want := []string{text(root)}
		for range 30 {
			for range rng.IntN(8) {
				change(reachable(root), rng, s.Changed)
			}
			switch top := len(want) - 1; {
			case rng.IntN(2) == 0:
				s.Push()
				want = append(want, text(root))
			case top > 0 && rng.IntN(2) == 0:
				s.Pop()
				want = want[:top]
				s.Restore()
			default:
				s.Restore()
			}
			if seed%20 == 0 {
				runtime.GC()
			}
			if got := text(root); got != want[len(want)-1] {
				t.Fatalf("seed %d, level %d: saved\n%s\nrestored\n%s", seed, len(want), want[len(want)-1], got)
			}
		}
	}
}

// large is compared by parts. Some of its lists and interfaces lie across two.
type large struct {
	lists  [64][]int
	one    int
	shapes [64]shape
	to     [64]*square
}

// TestParts changes one place of a large object at a time. What its references lead to at a level must be put back, too.
func TestParts(t *testing.T) {
	s := New(Types{})
	for i := range 64 {
		l := &large{}
		for k := range l.lists {
			l.lists[k] = make([]int, 1, 2)
		}
		s.Clear()
		s.Add(l)
		was := *l
		l.lists[i] = l.lists[i][:2] // the words of its length may be in another part than that of its address
		s.Push()
		l.lists[i][0], l.lists[i][1] = 3, 3
		if s.Restore(); l.lists[i][0] != 0 || l.lists[i][1] != 0 {
			t.Errorf("list %d: %v, want two zeros", i, l.lists[i])
		}
		l.shapes[i], l.to[i], l.one = alone{&square{1}}, &square{2}, 4
		s.Push()
		l.shapes[i].(alone).s.side, l.to[i].side, l.one = 9, 9, 9
		if s.Restore(); l.shapes[i].area() != 1 || l.to[i].side != 2 || l.one != 4 {
			t.Errorf("%d: an area of %d, a side of %d, %d: want 1, 2, 4", i, l.shapes[i].area(), l.to[i].side, l.one)
		}
		s.Pop()
		s.Pop()
		if s.Restore(); !reflect.DeepEqual(*l, was) {
			t.Errorf("%d: not as it was", i)
		}
	}
}

// TestFixed checks that a value of a fixed type is not put back.
func TestFixed(t *testing.T) {
	s := New(fixed)
	n := &node{fixed: &constant{1}, words: [2]uint64{1}}
	s.Add(n)
	n.fixed.n, n.words[0] = 2, 2
	s.Restore()
	if n.fixed.n != 2 || n.words[0] != 1 {
		t.Errorf("%d, %d: want 2, 1", n.fixed.n, n.words[0])
	}
}

func BenchmarkAdd(b *testing.B) {
	root := world(rand.New(rand.NewPCG(1, 1)))
	s := New(fixed)
	for b.Loop() {
		s.Clear()
		s.Add(root)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(s.blocks)), "ns/block")
}

func BenchmarkRestore(b *testing.B) {
	root := world(rand.New(rand.NewPCG(1, 1)))
	s := New(fixed)
	s.Add(root)
	for b.Loop() {
		s.Restore()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(s.blocks)), "ns/block")
}
