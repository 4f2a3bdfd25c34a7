package frames

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A program prints the same on frames as it does as it stands. Its functions use all that the generator knows, and its machine copies the
// frame before each step, so that nothing may be left in the one before.
func TestMeaning(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs: leave out -short")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module program\n\ngo 1.26\n", "program.go": program, "machine.go": "package main\n\ntype pool struct{}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, err := Generate(Source{Dir: dir, Values: []string{"Guest"}, Methods: []string{"Host.Do"}, Plain: []string{"main"}, Machine: "machine.go", With: []byte(programMachine), Store: "Store", File: "frames_gen.go"})
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := made.WriteOverlay(dir, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	run := func(arguments ...string) string {
		command := exec.Command("go", append(append([]string{"run"}, arguments...), ".")...)
		command.Dir = dir
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", command.Args, err, out)
		}
		return string(out)
	}
	plain, frames := run(), run("-overlay", overlay)
	if plain != frames {
		t.Errorf("the program prints\n%s\nand on frames\n%s", plain, frames)
	}
	if len(made.Functions) != 10 {
		t.Errorf("these are frames: %v", made.Functions)
	}
}

// program prints what its guest is given, in order, and what its functions return.
const program = `package main

import (
	"fmt"
	"strings"
)

type Guest func(int) int

type Host interface{ Do(int) int }

type Store struct {
	g    Guest
	h    Host
	pool pool
	log  []string
}

type pair struct{ a, b int }

type point struct{ x int }

func (p *point) get() int { return p.x }

func (s *Store) say(format string, args ...any) { s.log = append(s.log, fmt.Sprintf(format, args...)) }

func (s *Store) once(x int) int { return s.g(x) }

func (s *Store) two(x int) (int, bool) { return s.g(x), x > 2 }

func (s *Store) both(x int) (n int, ok bool) { return s.two(x) }

func pop(list *[]int) int {
	last := (*list)[len(*list)-1]
	*list = (*list)[:len(*list)-1]
	return last
}

func (s *Store) expressions(x int) []int {
	p := pair{s.once(x), s.once(x + 1)}
	q := &pair{a: p.a, b: s.once(7)}
	list := []int{1, 2, x, s.once(3)}
	at := point{list[s.once(1)]}
	q.a += -s.once(x) + (s.once(2))*p.b
	var any any = s.h
	n := any.(Host).Do(s.once(4))
	list = append(list, q.a, q.b, n, at.get(), pop(&list), strings.Count("aaa", strings.Repeat("a", s.once(1))))
	var k, l = s.two(s.once(x))
	if l || s.once(0) == 1 && !(s.once(5) == 5) {
		k++
	}
	yes := s.once(1) == 1 && s.once(0) == 0 || s.once(9) == 9
	s.say("%v %v %v", k, l, yes)
	return list
}

func (s *Store) loops(x int) (sum int) {
outer:
	for i := 0; i < 4; i++ {
		for j, v := range []int{1, 2, 3} {
			switch w := s.once(v); {
			case w == 2 && i == x:
				continue outer
			case i == 3:
				break outer
			case j == x:
				break
			default:
				sum += w
			}
			if s.once(j) == 1 {
				continue
			}
			sum += 10
		}
	}
	for i := range s.once(3) {
		if i == x {
			break
		}
		sum += s.once(100)
	}
	for {
		if sum++; s.once(sum) > 5 {
			return
		}
	}
}

func (s *Store) switches(x any) string {
	switch x := x.(type) {
	case int:
		switch s.once(x) {
		case 1, 2:
			return "few"
		case 3:
			for i := range 3 {
				if i == 1 {
					break
				}
				s.say("%d", i)
			}
		}
		return fmt.Sprint("int", x)
	case nil:
		s.once(-1)
	case string, []int:
		return fmt.Sprint(x, s.once(8))
	}
	var text string
	func() { text += "closure" }()
	return text
}

func (s *Store) caught(x int) (n int, err error) {
	defer s.catch(&err)
	defer func() {
		if x == 2 {
			if r := recover(); r != nil {
				n = 77
			}
		}
	}()
	if n = s.once(x); n == 3 {
		panic("three")
	}
	n = s.panics(x)
	return n + 1, nil
}

func (s *Store) catch(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("caught %v", r)
	}
}

func (s *Store) panics(x int) int {
	if s.once(x) == 2 || x == 4 {
		panic(x)
	}
	return x
}

type inner struct{ s *Store }

func (i inner) Do(x int) int { return i.s.once(x) * 2 }

type outerHost struct{ inner }

func (s *Store) all(x int) {
	sorted := []int{x, 2, 1}
	least := func(list []int, less func(a int) bool) int {
		for _, v := range list {
			if less(v) {
				return v
			}
		}
		return -1
	}(sorted, func(a int) bool { return a > x })
	n, ok := s.both(x)
	m, err := s.caught(x)
	s.say("%v", s.expressions(x))
	s.say("%v", s.loops(x))
	s.say("%v %v %v %v", s.switches(x), s.switches(nil), s.switches("text"), s.switches([]int{x}))
	s.say("%v %v %v %v %v %v", n, ok, m, err, least, s.h.Do(x))
}

func main() {
	s := &Store{}
	s.g = func(x int) int { s.say("guest %d", x); return x }
	for x := range 5 {
		for _, h := range []Host{inner{s}, &outerHost{inner{s}}} {
			s.h = h
			s.all(x)
		}
	}
	for _, line := range s.log {
		fmt.Println(line)
	}
}
`

const programMachine = `package main

import "reflect"

type pool struct{ m *Machine }

func (p *pool) machine() *Machine {
	if p.m == nil {
		p.m = &Machine{}
	}
	return p.m
}

type Frame interface{ Step(m *Machine) }

type deferringFrame interface {
	callDeferred(m *Machine)
	setResults(m *Machine)
}

type Machine struct {
	frames    []Frame
	Results   registers
	panicking any
}

func NewFrame[F any](*Machine, int) *F { return new(F) }

func (m *Machine) Push(f Frame) { m.frames = append(m.frames, f) }
func (m *Machine) Pop()         { m.frames = m.frames[:len(m.frames)-1] }
func (m *Machine) call(f func()) { f() }

func (m *Machine) recovered() any {
	r := m.panicking
	m.panicking = nil
	return r
}

func (m *Machine) enter(f Frame) {
	below := len(m.frames)
	m.Push(f)
	for len(m.frames) > below {
		m.run()
	}
}

func (m *Machine) run() {
	defer func() {
		if r := recover(); r != nil {
			for m.panicking = r; ; m.Pop() {
				if f, defers := m.frames[len(m.frames)-1].(deferringFrame); defers {
					if f.callDeferred(m); m.panicking == nil {
						f.setResults(m)
						m.Pop()
						return
					}
				}
			}
		}
	}()
	top := reflect.New(reflect.TypeOf(m.frames[len(m.frames)-1]).Elem())
	top.Elem().Set(reflect.ValueOf(m.frames[len(m.frames)-1]).Elem())
	m.frames[len(m.frames)-1] = top.Interface().(Frame)
	m.frames[len(m.frames)-1].Step(m)
}
`
