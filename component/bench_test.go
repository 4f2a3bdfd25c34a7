package component

import (
	"testing"

	"cabi/spec"
)

// caller has two components inside: one exports f: func(a: u32) -> u32, the other calls it as often as the argument of calls says, in calls: func(a: u32).
func caller() *builder {
	callee := newBuilder()
	m := &coreBuilder{}
	m.fn("f", "i", "i", 0, get(0)...)
	i := callee.instantiate(callee.module(m))
	callee.export("f", 1, callee.lift(callee.coreAlias(0, i, "f"), callee.typ(fnType(false, vU32, vU32))))

	user := newBuilder()
	f := user.importFunc("f", user.typ(fnType(false, vU32, vU32)))
	export(user, "calls", cat(get(0), call(0), drop), "i", "i", user.lower(f))

	c := newBuilder()
	cc, uc := c.component(callee), c.component(user)
	inst := c.instance(cc)
	u := c.instance(uc, item{"f", 1, c.alias(1, inst, "f")})
	c.export("calls", 1, c.alias(1, u, "calls"))
	return c
}

// repeater calls resource.rep so many times in calls: func(a: u32).
func repeater() *builder {
	c := newBuilder()
	rt := c.typ([]byte{0x3f, 0x7f, 0})
	own := c.builtin(cat([]byte{0x02}, idx(rt))...)
	rep := c.builtin(cat([]byte{0x04}, idx(rt))...)
	m := &coreBuilder{}
	n, r := m.imp("", "new", "i", "i"), m.imp("", "rep", "i", "i")
	m.fn("calls", "i", "", 1, loopOf(cat(get(1), call(r), drop), cat(i32(7), call(n), set(1)))...)
	i := c.instantiate(c.module(m), arg{"", c.bag(item{"new", 0, own}, item{"rep", 0, rep})})
	c.export("calls", 1, c.lift(c.coreAlias(0, i, "calls"), c.typ(fnType(false, nil, vU32))))
	return c
}

// export exports a function that has its argument count down, with body in each round, where body calls the one import.
func export(c *builder, name string, body []byte, params, results string, imported uint32) {
	m := &coreBuilder{}
	m.imp("", "f", params, results)
	m.fn(name, "i", "", 1, loopOf(body, nil)...)
	i := c.instantiate(c.module(m), arg{"", c.bag(item{"f", 0, imported})})
	c.export(name, 1, c.lift(c.coreAlias(0, i, name), c.typ(fnType(false, nil, vU32))))
}

// loopOf is before, and then body as often as local 0 says.
func loopOf(body, before []byte) []byte {
	return cat(before, []byte{0x02, 0x40, 0x03, 0x40}, get(0), eqz, []byte{0x0d, 1}, body,
		get(0), i32(1), []byte{0x6b}, set(0), []byte{0x0c, 0, 0x0b, 0x0b})
}

func benchmarkCalls(b *testing.B, c *builder) {
	for _, compiler := range []bool{false, true} {
		b.Run(map[bool]string{false: "interpreter", true: "compiler"}[compiler], func(b *testing.B) {
			e := NewEngine(EngineOptions{Compiler: compiler})
			defer e.Close()
			_, inst := instantiate(b, e, c, nil)
			f, err := inst.Func("calls")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			if _, err := inst.run.Call(f, spec.UintOf(uint64(b.N))); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkBuiltin is resource.rep.
func BenchmarkBuiltin(b *testing.B) { benchmarkCalls(b, repeater()) }

// BenchmarkCall is a call from one component to another, of a function of a u32 that returns a u32.
func BenchmarkCall(b *testing.B) { benchmarkCalls(b, caller()) }

// BenchmarkInstantiate is a run from its beginning to its end: three component instances and two core ones, and a call.
func BenchmarkInstantiate(b *testing.B) {
	for _, compiler := range []bool{false, true} {
		b.Run(map[bool]string{false: "interpreter", true: "compiler"}[compiler], func(b *testing.B) {
			e := NewEngine(EngineOptions{Compiler: compiler})
			defer e.Close()
			c := decode(b, caller())
			b.ReportAllocs()
			for b.Loop() {
				r := e.NewRun(RunOptions{})
				inst, err := r.Instantiate(c, nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := callFunc(r, inst, "calls", 1); err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	binary := threads().b
	b.SetBytes(int64(len(binary)))
	for b.Loop() {
		if _, err := Decode(binary); err != nil {
			b.Fatal(err)
		}
	}
}
