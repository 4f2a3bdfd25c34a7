package component

import "testing"

// options exports run: async func() -> string, with a callback, and text: func() -> string, with a post-return; posts: func() -> u32 is
// what post-return was called with. One memory is exported by two core instances: run is lifted with one, and returns with the other.
func options() *builder {
	c := newBuilder()
	first := &coreBuilder{}
	first.memory(1)
	first.data = append(first.data, cat([]byte{0}, i32(8), []byte{0x0b}, str("hi")), cat([]byte{0}, i32(16), []byte{0x0b, 8, 8, 0, 0, 0, 2, 0, 0, 0}))
	a := c.instantiate(c.module(first))
	second := &coreBuilder{}
	second.impMemory("m", "memory")
	second.export("again", 2, 0)
	b := c.instantiate(c.module(second), arg{"m", a})
	memory, again := c.coreAlias(2, a, "memory"), c.coreAlias(2, b, "again")
	ret := c.builtin(cat([]byte{0x09, 0}, vString, list(optMemory(again)))...)

	m := &coreBuilder{}
	f := m.imp("", "return", "ii", "")
	m.globals = append(m.globals, cat([]byte{0x7f, 1}, i32(0), []byte{0x0b}))
	m.fn("run", "", "i", 0, i32(1)...) // YIELD
	m.fn("callback", "iii", "i", 0, cat(i32(8), i32(2), call(f), i32(0))...)
	m.fn("text", "", "i", 0, i32(16)...)
	m.fn("post", "i", "", 0, cat([]byte{0x23, 0}, get(0), add32, []byte{0x24, 0})...)
	m.fn("posts", "", "i", 0, 0x23, 0)
	i := c.instantiate(c.module(m), arg{"", c.bag(item{"return", 0, ret})})
	of := func(name string) uint32 { return c.coreAlias(0, i, name) }
	c.export("run", 1, c.lift(of("run"), c.typ(fnType(true, vString)), optAsync, optCallback(of("callback")), optMemory(memory)))
	c.export("text", 1, c.lift(of("text"), c.typ(fnType(false, vString)), optMemory(memory), optPost(of("post"))))
	c.export("posts", 1, c.lift(of("posts"), c.typ(fnType(false, vU32))))
	return c
}

func TestOptions(t *testing.T) {
	engines(t, func(t *testing.T, e *Engine) {
		r, inst := instantiate(t, e, options(), nil)
		wantCall(t, r, inst, "hi", "run")
		wantCall(t, r, inst, "hi", "text")
		wantCall(t, r, inst, uint32(16), "posts")
	})
}
