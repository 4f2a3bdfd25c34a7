package python

import (
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// Options say how a machine runs.
type Options struct {
	// Source finds the source of a module that is not built in. Nil: there is none.
	Source func(module string) (file, source string, err error)
	// Random draws what the module random draws. Nil: random is refused when it is called.
	Random Random
	// Output is where print writes. Nil: nowhere.
	Output io.Writer
	// Lines has the lines of a module that are run noted; nil: none are.
	Lines *Lines
	// Steps is how many instructions the machine may run, large objects counted as more. Zero: any number.
	Steps int64
}

// A Random draws for the module random. A model checker draws from a tape; the tests draw as CPython does.
type Random interface {
	// Below draws from 0 to n-1; draw is the function that asks: choice, randint, randrange, shuffle.
	Below(draw string, n int) (int, error)
	// Bits draws an integer of so many bits.
	Bits(bits int) (*big.Int, error)
}

// A Machine runs Python: modules, objects and threads. It is used by one goroutine at a time; machines share nothing.
type Machine struct {
	options  Options
	types    typeClasses
	errors   errorClasses
	builtins map[string]Value
	found    []Value // built-ins that instructions refer to
	natives  map[string]*Native
	methods  map[*Class]map[string]*Native
	modules  map[string]*Module
	loaded   []*Module
	stars    map[*Module]bool // modules that hold a from … import *
	codes    []*Code
	classes  []*Class

	classEpoch int64 // moves on when an attribute of a class changes, but for a number that becomes another
	valueEpoch int   // moves on when such a number does
	observers  map[string]*Observer

	fiber     *Fiber // that runs
	ready     []*Fiber
	suspended []*Fiber
	frame     *frame // that runs
	pool      []*frame
	nested    int // calls of Python code by built-ins
	recursion int // of built-ins
	steps     int64
	turn      int64       // when the thread that runs lets others run
	call      *Suspension // of a callable that suspends

	base         *base
	dirtyClasses []*Class
	encodeEpoch  uint32

	journal
}

// New makes a machine.
func New(options Options) *Machine {
	m := &Machine{options: options, builtins: map[string]Value{}, modules: map[string]*Module{}, natives: map[string]*Native{},
		methods: map[*Class]map[string]*Native{}, stars: map[*Module]bool{}, observers: map[string]*Observer{}, classEpoch: 1,
		journal: journal{now: 1}}
	m.makeTypes()
	m.makeErrors()
	m.makeBuiltins()
	m.makeModules()
	if err := m.loadThreading(); err != nil {
		panic("the module threading: " + err.Error()) // it is part of this package
	}
	return m
}

// Where is the line that runs.
func (m *Machine) Where() Place {
	for f := m.frame; f != nil; f = f.parent {
		if f.code != nil {
			return f.code.place(f.ip)
		}
	}
	return Place{}
}

// Load runs a module, if it has not been loaded.
func (m *Machine) Load(name string) (*Module, error) {
	if mod, ok := m.modules[name]; ok {
		return mod, nil
	}
	if m.options.Source == nil {
		return nil, fmt.Errorf("there is no module %s", name)
	}
	file, source, err := m.options.Source(name)
	if err != nil {
		return nil, err
	}
	return m.LoadSource(name, file, source)
}

// LoadSource runs a module of this source.
func (m *Machine) LoadSource(name, file, source string) (*Module, error) {
	code, mod, err := m.compileModule(name, file, source)
	if err != nil {
		return nil, err
	}
	if _, err := m.Call(&Function{code: code}); err != nil {
		return nil, err
	}
	return mod, nil
}

func (m *Machine) compileModule(name, file, source string) (*Code, *Module, error) {
	mod := m.newModule(name)
	mod.set("__name__", name)
	code, err := compile(m, mod, file, source)
	if err != nil {
		delete(m.modules, name)
		return nil, nil, err
	}
	m.loaded = append(m.loaded, mod)
	return code, mod, nil
}

func (m *Machine) newModule(name string) *Module {
	mod := &Module{name: name, index: len(m.loaded), slots: map[string]int{}}
	m.modules[name] = mod
	return mod
}

// importable says why a module cannot be imported, or nothing.
func (m *Machine) importable(module string, names []importName) string {
	mod, ok := m.modules[module]
	if !ok {
		if m.options.Source != nil {
			if _, _, err := m.options.Source(module); err == nil {
				return ""
			}
		}
		return fmt.Sprintf("the module %s is outside of the subset, which has parts of %s", module, strings.Join(m.standard(), ", "))
	}
	for _, n := range names {
		if _, ok := mod.slots[n.name]; !ok && mod.builtIn() && n.name != "*" {
			return fmt.Sprintf("%s.%s is outside of the subset", module, n.name)
		}
	}
	return ""
}

// standard are the modules of the standard library that the subset has.
func (m *Machine) standard() (names []string) {
	for _, name := range slices.Sorted(maps.Keys(m.modules)) {
		if m.modules[name].builtIn() {
			names = append(names, name)
		}
	}
	return names
}

func (m *Module) builtIn() bool {
	_, ok := m.slots["__name__"]
	return !ok
}

func (m *Machine) starImports(mod *Module) bool { return m.stars[mod] }

// step counts work of the size n that is not a single instruction.
func (m *Machine) charge(n int) error {
	m.steps += int64(n) / 16
	return m.limit()
}

func (m *Machine) limit() error {
	if m.options.Steps > 0 && m.steps > m.options.Steps {
		return &Exhausted{m.Where(), m.options.Steps}
	}
	return nil
}

// maxSize is how large an object may be: bytes or elements.
const maxSize = 1 << 31

// room checks that an object of n units can be made.
func (m *Machine) room(n int) error {
	if n > maxSize {
		return m.refusal("an object of %d bytes or elements is outside of the subset", n)
	}
	return m.charge(n)
}

const recursionLimit = 1000

// deeper counts how deep built-ins call themselves; shallower ends it.
func (m *Machine) deeper() error {
	depth := m.recursion
	if m.frame != nil {
		depth += m.frame.depth
	}
	if depth >= recursionLimit {
		return m.raise(m.errors.Recursion, "maximum recursion depth exceeded")
	}
	m.recursion++
	return nil
}

func (m *Machine) shallower() { m.recursion-- }
