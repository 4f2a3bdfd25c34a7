package mutants

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// program has every kind of mutant, in a place of each kind, and says what it comes to.
const program = `package p

import "fmt"

const limit = 1<<4 - 1

type small uint8

type pair struct{ n, m int }

func (p *pair) count() int { p.n++; return p.n }

var table = [limit + 12]int{1, 2, 3}

var offset int64 = 3 - 1

func compare(a, b int) string {
	switch {
	case a < b && b > 3:
		return "low"
	case a == b || a >= limit:
		return "even"
	}
	return "high"
}

func arithmetic(x, y small) small { return (x+y)*2 - x/3%4 }

func bits(x uint32) uint32 { return x<<3 | x>>2&7 ^ 1&^2 }

func loop(n int8) (sum int8) {
	for i := int8(0); i < n; i++ { // of a type that is soon exhausted: no mutant goes on forever
		if i == 2 {
			continue
		}
		if i == 6 {
			break
		}
		sum += i
		sum -= -1
	}
	return sum
}

func negative(x float64) float64 { return -x }

func once(p *pair) bool { return p.count() <= 1 && p.count() != 5 || p.count() > 3 }

func Run() string {
	p := &pair{}
	o := once(p)
	p.m = 7
	p.n--
	return fmt.Sprint(compare(1, 4), compare(4, 4), compare(3, 3), compare(15, 4), compare(5, 4), compare(2, 3), arithmetic(7, 9), bits(0x55), loop(9), negative(2), o, *p, len(table), offset)
}
`

// runner prints what packages come to.
const runner = `package main

import (
	"fmt"
%s)

func show(name string, run func() string) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Printf("%%s: %%v\n", name, p)
		}
	}()
	fmt.Printf("%%s: %%s\n", name, run())
}

func main() {
%s}
`

// TestSchema checks that a program with all its mutants does without any what it did, and with each what it does if the mutant is built alone; that
// operands are evaluated as often, and that what has no switch says so.
func TestSchema(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "programs"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "go.mod", "module m\n\ngo 1.26\n")
	write(t, dir, "p/p.go", program)
	schema, err := Of(filepath.Join(dir, "p"))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[Kind]int{}
	imports, shows := "\t\"m/p\"\n", "\tshow(\"0\", p.Run)\n"
	for _, m := range schema.Mutants {
		kinds[m.Kind]++
		write(t, dir, fmt.Sprintf("alone/p%d/p.go", m.ID), schema.Alone(m)["p.go"])
		imports += fmt.Sprintf("\tp%d \"m/alone/p%d\"\n", m.ID, m.ID)
		shows += fmt.Sprintf("\tshow(\"%d\", p%d.Run)\n", m.ID, m.ID)
	}
	for _, kind := range []Kind{Boundary, Negation, Arithmetic, Negatives, Step, Logical, Bitwise, Assignment, Self, LoopControl, Statement} {
		if kinds[kind] == 0 {
			t.Errorf("the program has no %s", kind)
		}
	}
	write(t, dir, "main.go", fmt.Sprintf(runner, imports, shows))
	for name, text := range schema.Files {
		write(t, dir, "s/"+name, text)
	}
	write(t, dir, "switched/main.go", fmt.Sprintf(runner, "\tp \"m/s\"\n", "\tshow(\"0\", p.Run)\n"))
	if out, err := in(dir, "go", "build", "-o", "programs/", ".", "./switched").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := in(dir, "programs/m").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(out)) {
		n, what, _ := strings.Cut(strings.TrimSpace(line), ": ")
		want[n] = what
	}
	differ := 0
	for i := range len(schema.Mutants) + 1 {
		if i > 0 && schema.Mutants[i-1].Alone {
			continue
		}
		cmd := in(dir, "programs/switched")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", Variable, i))
		out, err := cmd.CombinedOutput()
		if got := strings.TrimPrefix(strings.TrimSpace(string(out)), "0: "); err != nil || got != want[fmt.Sprint(i)] {
			t.Errorf("%d: got %s, %v; alone %s", i, got, err, want[fmt.Sprint(i)])
		}
		if want[fmt.Sprint(i)] != want["0"] {
			differ++
		}
	}
	if differ < len(schema.Mutants)/2 {
		t.Errorf("%d of %d mutants make a difference: the program shows too little", differ, len(schema.Mutants))
	}
	alone := slices.DeleteFunc(slices.Clone(schema.Mutants), func(m *Mutant) bool { return !m.Alone })
	if len(alone) != 3 { // the two of limit, and one of the length of an array
		t.Errorf("%d mutants have no switch, want 3", len(alone))
	}
}

func in(dir, name string, args ...string) *exec.Cmd {
	if name != "go" {
		name = filepath.Join(dir, name)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	return cmd
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
