package component

import (
	"errors"
	"go/build"
	"strings"
	"testing"
)

// TestImports keeps the package on the specification and wazero alone.
func TestImports(t *testing.T) {
	pkg, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pkg.Imports {
		first, _, _ := strings.Cut(path, "/")
		if strings.Contains(first, ".") && !strings.HasPrefix(path, "github.com/tetratelabs/wazero") || first == "cabi" && path != "cabi/spec" {
			t.Errorf("the package imports %s", path)
		}
	}
}

// TestDecodeErrors decodes binaries that break a rule each: the error names the section, the offset and the rule.
func TestDecodeErrors(t *testing.T) {
	of := func(sections ...[]byte) []byte { return cat(preamble, cat(sections...)) }
	for want, binary := range map[string][]byte{
		"preamble, offset 0x0: a component begins with":                             []byte("\x00asm"),
		"preamble, offset 0x0: this is a core module, not a component":              corePreamble,
		"preamble, offset 0x8: no section has the id 13":                            of([]byte{13, 0}),
		"core module section, offset 0x9: the input ends here, a byte is missing":   of([]byte{1}),
		"type section, offset 0xa: 5 bytes are announced, 0 are left":               of([]byte{7, 5}),
		"type section, offset 0xa: 9 elements are announced, 0 bytes are left":      of([]byte{7, 1, 9}),
		"type section, offset 0xb: no type has the opcode 0x6c":                     of(section(7, list([]byte{0x6c}))),
		"type section, offset 0xc: 0x72 is no primitive value type":                 of(section(7, list([]byte{0x70, 0x72}))),
		"type section, offset 0xb: a record has at least one label":                 of(section(7, list([]byte{0x72, 0}))),
		"type section, offset 0xc: an optional part begins with 0 or 1, not 0x02":   of(section(7, list([]byte{0x66, 2}))),
		"type section, offset 0xd: a name is no UTF-8":                              of(section(7, list([]byte{0x6d, 1, 1, 0xff}))),
		"type section, offset 0xc: a number of more than 33 bits":                   of(section(7, list([]byte{0x70, 0x80, 0x80, 0x80, 0x80, 0x40}))),
		"canon section, offset 0xb: no canonical definition has the opcode 0x08":    of(section(8, list([]byte{8}))),
		"canon section, offset 0xc: a number of more than 32 bits":                  of(section(8, list([]byte{2, 0xff, 0xff, 0xff, 0xff, 0x1f}))),
		"canon section, offset 0xc: async? is 0 or 1, not 0x07":                     of(section(8, list([]byte{6, 7}))),
		"canonical option `memory` is specified more than once":                     of(section(8, list([]byte{0x1c, 2, 3, 0, 3, 0}))),
		"alias section, offset 0xc: an outer alias names a component, a type":       of(section(6, list([]byte{1, 2, 0, 0}))),
		"type section, offset 0xc: the section goes on for 1 bytes after its last":  of(section(7, list([]byte{0x7f}), []byte{0})),
		"core module section, offset 0xa: a core module begins with 00 61 73 6d 01": of(section(1, preamble)),
		"core module section, offset 0x15: core type 3 is not there: 0 are":         of(section(1, corePreamble, section(3, list([]byte{3})))),
		"types or components nest more than 200 deep":                               nestedTypes(300),
	} {
		_, err := Decode(binary)
		var decode *DecodeError
		if !errors.As(err, &decode) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// nestedTypes is a type section with instance types so many deep.
func nestedTypes(n int) []byte {
	t := []byte{0x42, 0}
	for range n {
		t = cat([]byte{0x42, 1, 1}, t)
	}
	return cat(preamble, section(7, list(t)))
}

// TestLinkErrors links components that break a rule each.
func TestLinkErrors(t *testing.T) {
	e := NewEngine(EngineOptions{})
	defer e.Close()
	with := func(build func(c *builder)) *builder {
		c := newBuilder()
		build(c)
		return c
	}
	for want, c := range map[string]*builder{
		"alias section, offset 0xb: unknown instance 0: index out of bounds, there are 0": with(func(c *builder) { c.alias(1, 0, "f") }),
		"invalid outer alias count of 1":      with(func(c *builder) { c.outer(3, 1, 0) }),
		"type index 0 is not a function type": with(func(c *builder) { c.importFunc("f", c.typ(vU32)) }),
		"type index 0 is not a resource type": with(func(c *builder) { c.typ(vU32); c.builtin(2, 0) }),
		"has no export of sort core func named \"g\"": with(func(c *builder) {
			c.coreAlias(0, c.instantiate(c.module(&coreBuilder{})), "g")
		}),
		"missing module instantiation argument: the core module imports from \"a\"": with(func(c *builder) {
			m := &coreBuilder{}
			m.imp("a", "f", "", "")
			c.instantiate(c.module(m))
		}),
		"the function that is lifted is a core function of type [i32] -> [], found type [] -> []": with(func(c *builder) {
			m := &coreBuilder{}
			m.fn("f", "", "", 0)
			c.lift(c.coreAlias(0, c.instantiate(c.module(m)), "f"), c.typ(fnType(false, nil, vU32)))
		}),
		"canonical option `memory` is required": with(func(c *builder) {
			c.lower(c.importFunc("f", c.typ(fnType(false, nil, vString))))
		}),
		"export name `A` conflicts with previous name `a`": with(func(c *builder) {
			t := c.typ(vU32)
			c.export("a", 3, t)
			c.export("A", 3, t)
		}),
		"`a_b` is not in kebab case": with(func(c *builder) { c.export("a_b", 3, c.typ(vU32)) }),
		"have too many parts": with(func(c *builder) {
			t := c.typ(vU8)
			for range 20 {
				t = c.typ(cat([]byte{0x6f}, list(idx(t), idx(t))))
			}
		}),
		"takes 268435456 bytes, which is not below 2^28": with(func(c *builder) { c.typ(cat([]byte{0x67}, vU8, num(1<<28))) }),
		"function result cannot contain a `borrow` type": with(func(c *builder) {
			r := c.typ([]byte{0x3f, 0x7f, 0})
			c.typ(fnType(false, idx(c.typ(cat([]byte{0x68}, idx(r))))))
		}),
		"`stream<char>` is not valid": with(func(c *builder) { c.typ([]byte{0x66, 1, 0x74}) }),
		"not supported: thread.spawn-ref": with(func(c *builder) {
			c.builtin(cat([]byte{0x40, 0}, idx(c.coreType(coreSig("i", ""))))...)
		}),
		"not supported: value definitions": with(func(c *builder) { c.b = append(c.b, section(12, list(cat(vU8, []byte{1, 7})))...) }),
		"more than 10 instances are made": with(func(c *builder) {
			m := c.module(&coreBuilder{})
			for range 10 {
				c.instantiate(m)
			}
		}),
	} {
		err := e.validate(decode(t, c), RunOptions{MaxInstances: 10})
		var link *LinkError
		if !errors.As(err, &link) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "section, offset") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestValidate validates components without their imports.
func TestValidate(t *testing.T) {
	e := NewEngine(EngineOptions{})
	defer e.Close()
	for _, c := range []*builder{newBuilder(), adder(), greeter(), crasher(), threads(), nested(), resources(), user(), asyncCaller(), caller()} {
		if err := e.Validate(decode(t, c)); err != nil {
			t.Error(err)
		}
	}
	bad := newBuilder()
	inner := newBuilder()
	inner.builtin(2, 0)
	bad.component(inner) // it is never instantiated
	r := e.NewRun(RunOptions{})
	defer r.Close()
	if _, err := r.Instantiate(decode(t, bad), nil); err != nil {
		t.Errorf("a component that is not instantiated is linked: %v", err)
	}
	if err := e.Validate(decode(t, bad)); err == nil || !strings.Contains(err.Error(), "unknown type 0") {
		t.Errorf("a bad component inside: %v", err)
	}
}

// TestSizes validates core modules that announce more than they have: wazero would allocate it all.
func TestSizes(t *testing.T) {
	e := NewEngine(EngineOptions{})
	defer e.Close()
	huge := num(1<<31 - 1)
	expr := cat(i32(0), []byte{0x0b})
	for want, sections := range map[string][]byte{
		"2147483647 elements are announced, 0 bytes are left":     section(10, huge),
		"a core function has 2147483647 locals, more than 50000":  section(10, list(cat([]byte{8, 1}, huge, []byte{0x7f, 0x0b}))),
		"2147483647 bytes are announced, 0 are left":              section(11, list(cat([]byte{0}, expr, huge))),
		"2147483647 elements are announced, 1 bytes are left":     section(9, list(cat([]byte{0}, expr, huge, []byte{0}))),
		"2147483647 elements are announced, 2 bytes are left":     section(9, list(cat([]byte{5, 0x70}, huge, []byte{0xd2, 0}))),
		"no element segment has the flags 8":                      section(9, list([]byte{8})),
		"no data segment has the flags 3":                         section(11, list([]byte{3})),
		"the instruction 0x45 in a constant expression":           section(11, list(cat([]byte{0, 0x45}))),
		"core module section, offset 0x16: 5 bytes are announced": section(10, []byte{1, 5}),
	} {
		c := newBuilder()
		c.b = append(c.b, section(1, corePreamble, sections)...)
		c.modules++
		if err := e.Validate(decode(t, c)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestSegments compiles core modules with a segment of each kind, and instructions of each kind in constant expressions.
func TestSegments(t *testing.T) {
	e := NewEngine(EngineOptions{})
	defer e.Close()
	expr := cat(i32(0), []byte{0x0b})
	ref := []byte{0xd2, 0, 0x0b}
	m := &coreBuilder{}
	m.fn("f", "", "", 0)
	m.memory(1)
	m.table(4)
	m.elements = [][]byte{
		cat([]byte{0}, expr, []byte{1, 0}), {1, 0, 1, 0}, cat([]byte{2, 0}, expr, []byte{0, 1, 0}), {3, 0, 1, 0},
		cat([]byte{4}, expr, []byte{1}, ref), cat([]byte{5, 0x70, 1}, ref), cat([]byte{6, 0}, expr, []byte{0x70, 1}, ref),
		{7, 0x70, 1, 0xd0, 0x70, 0x0b},
	}
	m.data = [][]byte{cat([]byte{0}, i32(1), i32(2), []byte{0x6a, 0x0b}, str("a")), cat([]byte{1}, str("a")), cat([]byte{2, 0}, expr, str("a"))}
	c := newBuilder()
	c.instantiate(c.module(m))
	r := e.NewRun(RunOptions{})
	defer r.Close()
	if _, err := r.Instantiate(decode(t, c), nil); err != nil {
		t.Error(err)
	}
}
