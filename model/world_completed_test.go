package model

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cabi/spec"
)

// Nothing is chosen for the named worlds: they say everything.
func TestNamedWorldsAreComplete(t *testing.T) {
	for _, w := range Worlds {
		full, chosen := w.Complete()
		if !reflect.DeepEqual(chosen, Completed{}) || full != w {
			t.Errorf("%s: chosen: %s, %+v", w.Name, chosen, chosen)
		}
	}
}

// What a world says is kept, and the rest is chosen so that the world is valid.
func TestComplete(t *testing.T) {
	const head = "world w\ninstance A memory 64\ninstance B\nresource R of B\nfunc async A.run() stackful\nfunc async B.f(own<R>) -> own<R> callback\nimport A B.f async\n"
	for _, c := range []struct{ lines, chosen string }{
		{"", "menus of A, B, host; indices of the right class; bounds of 2 handles, 3 threads, 3 tasks"},
		{"menu A: call B.f\n", "menus of B, host; bounds of 2 handles, 3 threads, 3 tasks"},
		{"menu A.run: call B.f\nmenu B:\nbound 2 tasks\n", "menus of host; bounds of 2 handles, 3 threads"},
		{"menu A, B:\nmenu host: tick\nbound 3 actions\n", ""},
		{"menu B.f:\nmenu A.thread:\nmenu host:\nrandom\n", ""},
	} {
		w := readWorld(t, head+c.lines)
		full, chosen := w.Complete()
		if chosen.String() != c.chosen || chosen.Steps != (w.Steps == 0 && !w.Random) {
			t.Errorf("%q: %s, want %s", c.lines, chosen, c.chosen)
		}
		if err := full.validateOwn(); err != nil {
			t.Errorf("%q: completed, it is invalid: %v", c.lines, err)
		}
		if again, more := full.Complete(); again.json() != full.json() || len(more.Menus) > 0 {
			t.Errorf("%q: completed again, it is another world: %s", c.lines, more)
		}
	}
}

// valueTypes are types of every kind, nested too.
var valueTypes = []string{
	"bool", "u8", "s16", "u32", "s64", "u64", "f32", "f64", "char", "string", "error-context", "own<R>", "list<u8>", "list<char,3>", "list<own<R>,2>", "list<string>",
	"list<own<R>>", "map<string,u8>", "map<u8,own<R>>", "record{a:u8,b:string}", "record{a:own<R>,b:f64}", "tuple<u8,u64,own<R>>", "variant{a,b(u64),c(own<R>)}",
	"enum{a,b,c}", "flags{a,b}", "option<own<R>>", "option<list<u8>>", "result", "result<own<R>,error-context>", "result<_,string>", "stream", "stream<u8>",
	"stream<own<R>>", "stream<list<u8>>", "stream<record{a:u8,b:stream<u8>}>", "future", "future<string>", "future<own<R>>", "future<future<u8>>",
	"option<stream<u8>>", "record{a:u64,b:u64,c:u64,d:u64,e:u64,f:u64,g:u64,h:u64,i:u64,j:u64,k:u64,l:u64,m:u64,n:u64,o:u64,p:u64,q:own<R>}",
	"tuple<option<u8>,option<u8>,option<u8>,option<u8>,option<u8>>", "variant{a(list<u8>),b(f32),c(tuple<s64,own<R>>)}",
}

// called is a checker that takes a run in which an action was done for a violation, so that a search gives its trace.
type called struct {
	BaseChecker
	action string
}

func (c *called) Done(_ *Run, at *Activation, _ []spec.CoreValue) {
	if at.Pending.template() == c.action {
		c.Message = "it was done"
	}
}

// Values of every type are passed to and returned by instances and the host, async and sync, in worlds that say nothing of menus and
// bounds; what is found can be replayed.
func TestEveryTypeIsPassed(t *testing.T) {
	for _, of := range valueTypes {
		for _, encoding := range []string{"utf8", "utf16", "latin1+utf16 memory64"} {
			if encoding != "utf8" && !strings.Contains(of, "string") {
				continue
			}
			world := fmt.Sprintf(`world w
instance A memory 64 %s
instance B memory 64
resource R of A dtor
func async A.run() stackful
func async B.take(%[2]s) stackful
func B.now(%[2]s)
func async B.give() -> %[2]s stackful
func async B.react() -> %[2]s callback
func B.get() -> %[2]s post-return
func A.put(%[2]s)
func host.take(%[2]s)
func async host.give() -> %[2]s
import A B.take async, B.now, B.give async, B.react async, B.get, host.take, host.give async
import B A.put
start A.run
`, encoding, of)
			w := readWorld(t, world)
			checkRoundTrip(t, w)
			full, _ := w.Complete()
			if err := full.validateOwn(); err != nil {
				t.Fatalf("%s: %v", of, err)
			}
			s := Search{World: full, Variant: spec.SingleTable, Bounds: Bounds{Steps: 4, Handles: 4, Threads: 3, Tasks: 3}, MaxTransitions: 6000, KeepGoing: true}
			for _, action := range []string{"call B.take", "call B.now", "call host.take"} {
				s.Properties = append(s.Properties, &Property{Name: action, New: func() Checker { return &called{BaseChecker{Name: action}, action} }})
			}
			r := s.Run()
			for _, v := range r.Violations {
				replay, err := RunTrace(v.Trace, spec.SingleTable)
				if err != nil || replay.Departs != nil {
					t.Errorf("%s: %v, departs at %v\n%s", of, err, replay, v.Trace)
				}
			}
			if needsHandle := strings.Contains(of, "own<") || strings.Contains(of, "stream") || strings.Contains(of, "future") || of == "error-context"; !needsHandle && len(r.Violations) != len(s.Properties) {
				t.Errorf("%s, %s: only %d of the calls were done; stops: %v", of, encoding, len(r.Violations), r.Stops)
			}
		}
	}
}

// Each case of a variant is a value, with its payload, and without right-class a case that there is not; so is a number that is no char.
func TestCasesAreValues(t *testing.T) {
	for lines, want := range map[string]string{
		"right-class\n": "call B.v 0 0 0|call B.v 1 0 0|call B.v 2 0 1", "": "call B.v 0 0 0|call B.v 1 0 0|call B.v 1 1114112 0|call B.v 2 0 1|call B.v 3 0 0",
	} {
		w := readWorld(t, "world w\ninstance A memory 64\ninstance B memory 64\nfunc A.run()\nfunc B.v(variant{a, b(char), c(string)})\nimport A B.v\nstart A.run\nmenu A: call B.v\n"+lines)
		var got []string
		Search{World: w, Variant: spec.SingleTable, Menu: func(r *Run, at *Activation) []Action {
			for _, a := range r.Menu(at, Bounds{}, AnyIndex) {
				if a.Op == opCall {
					got = append(got, a.String())
				}
			}
			return nil
		}}.Run()
		if text := strings.Join(slices.Compact(got), "|"); text != want {
			t.Errorf("%q: %s, want %s", lines, text, want)
		}
	}
}

// neverPassed are types whose handles lie in memory behind something else: the menus' memory.store writes at address 0.
var neverPassed = []string{valueTypes[18], valueTypes[40]}

// Values with handles are passed too, if the search goes far enough.
func TestEveryHandleIsPassed(t *testing.T) {
	for _, of := range valueTypes {
		world := fmt.Sprintf("world w\ninstance A memory 256\ninstance B memory 256\nresource R of A\nfunc async A.run() stackful\nfunc B.take(%s)\nimport A B.take\nstart A.run\n", of)
		full, _ := readWorld(t, world).Complete()
		s := Search{World: full, Variant: spec.SingleTable, Bounds: full.Bounds, Properties: []*Property{{Name: "called", New: func() Checker { return &called{BaseChecker{Name: "called"}, "call B.take"} }}}}
		s.Enough = 20000
		if r := s.Run(); len(r.Violations) == 1 == slices.Contains(neverPassed, of) {
			t.Errorf("%s is never passed, or is against what is said: %d states, stops: %v\n%s", of, r.States, r.Stops, full.Text())
		}
	}
}
