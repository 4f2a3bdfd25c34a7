package model

import (
	"os"
	"slices"
	"strings"
	"testing"

	"cabi/spec"
)

// ownText has every line that a world can have.
const ownText = `# A comment.
world handshake
doc A calls B, which works and
  returns #1 of what there is.
resource R of B  dtor

instance A  memory 64  utf16
instance B  memory 128  memory64  latin1+utf16  parent A  realloc guest  # its parent is A
func async A.run()  stackful
func B.see(one: list< u8 >, borrow<R>) -> string  sync post-return
func async B.work(map<string, record {a: u8, b: flags{c, d}}>, list<char, 4>) -> result<own<R>, error-context>  callback
func host.log(stream<u8>)
import A  B.see, B.work async,
  host.log
limits table-length 8  buffer-length 9 backpressure 1 initial-backpressure 2 string-byte-length 3 list-byte-length 4 realloc-i32 5
  flat-params 6 flat-async-params 3 flat-results 1
start A.run
menu A, B: stream.new record{x: u8} | thread.yield cancellable
menu A: call B.see | task.return ()
menu B.work.callback: task.return (result< own<R>, error-context >)
menu A.thread:
menu host: tick | invoke A.run
pointers 0 4
addresses 0x10, 20
lengths 1
bound 10 actions  1 handle  4 threads  3 tasks
right-class
random
`

func readWorld(t *testing.T, text string) *World {
	t.Helper()
	w, err := ReadWorld(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return w
}

// Everything that a world has can be written as text, and what is printed reads back as the same world.
func TestWorldText(t *testing.T) {
	w := readWorld(t, ownText)
	const want = `{"name":"handshake","doc":"A calls B, which works and returns #1 of what there is.","instances":[{"name":"A","memory":64,"encoding":"utf16"},` +
		`{"name":"B","parent":"A","memory":128,"memory64":true,"encoding":"latin1+utf16","realloc":"guest"}],"resources":[{"name":"R","impl":"B","dtor":true}],` +
		`"funcs":[{"name":"A.run","async":true,"lift":"stackful"},{"name":"B.see","params":["list<u8>","borrow<R>"],"results":["string"],"lift":"sync","post_return":true},` +
		`{"name":"B.work","params":["map<string,record{a:u8,b:flags{c,d}}>","list<char,4>"],"results":["result<own<R>,error-context>"],"async":true,"lift":"callback"},` +
		`{"name":"host.log","params":["stream<u8>"]}],"imports":[{"instance":"A","func":"B.see"},{"instance":"A","func":"B.work","async":true},{"instance":"A","func":"host.log"}],` +
		`"limits":{"table_length":8,"buffer_length":9,"backpressure":1,"initial_backpressure":2,"string_byte_length":3,"list_byte_length":4,"realloc_i32":5,"flat_params":6,` +
		`"flat_async_params":3,"flat_results":1},"menus":{"A":["stream.new record{x:u8}","thread.yield cancellable","call B.see","task.return ()"],"A.thread":[],` +
		`"B":["stream.new record{x:u8}","thread.yield cancellable"],"B.work.callback":["task.return (result<own<R>,error-context>)"],"host":["tick","invoke A.run"]},` +
		`"right_class":true,"random":true,"pointers":[0,4],"addresses":[16,20],"lengths":[1],"steps":10,"handles":1,"threads":4,"tasks":3,"start":["A.run"]}`
	if got := w.json(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	checkRoundTrip(t, w)
	if again := readWorld(t, want); again.json() != want {
		t.Errorf("as JSON it reads back as %s", again.json())
	}
}

// checkRoundTrip wants the text of a world to read back as the same world, and its text to be the same then.
func checkRoundTrip(t *testing.T, w *World) {
	t.Helper()
	again := readWorld(t, w.Text())
	if again.json() != w.json() {
		t.Errorf("printed as\n%s\nit reads back as\n%s\nand was\n%s", w.Text(), again.json(), w.json())
	}
	if again.Text() != w.Text() {
		t.Errorf("it is printed as\n%s\nand then as\n%s", w.Text(), again.Text())
	}
}

// Errors say where, what is wrong, and which name is near.
func TestWorldErrors(t *testing.T) {
	const head = "world w\ninstance A memory 64\ninstance B\nresource R of A\nfunc A.run()\nfunc async B.f(u8)\nimport A B.f\n"
	for _, c := range []struct{ text, want string }{
		{"", "line 1: no world: its first line is"},
		{"word w", `line 1: expected a line such as "world handshake", got "word w"`},
		{"world w x", "line 1: expected a line such as"},
		{"world w", "line 1: world w: it has no instance"},
		{"world handles\ninstance A", `line 1: "handles" is no name for a world of one's own`},
		{"world w.world\ninstance A", `line 1: "w.world" is no name for a world of one's own`},
		{head + "inport A B.f", `line 8: "inport" begins no line of a world; did you mean import?`},
		{head + "instance", "line 8, column 9: the name of the instance is missing"},
		{head + "instance C memory", `line 8, column 18: memory: a number is expected, from 0 to 2147483647, not ""`},
		{head + "instance C\n  memery 1", `line 9, column 3: unknown word "memery" of an instance; did you mean memory?`},
		{head + "instance A", "line 8, column 10: world w: there are two instances A"},
		{head + "instance C parent D", "line 8, column 10: world w: no instance before C is its parent D"},
		{head + "instance C realloc bump", `line 8, column 10: world w: instance C has an unknown realloc "bump": it is guest`},
		{head + "instance C memory 20000000", "line 8, column 10: world w: instance C has 20000000 bytes"},
		{head + "resource S", `line 8, column 11: expected "of" and the instance that implements S`},
		{head + "resource S of C", "line 8, column 10: world w: resource S is implemented by an unknown instance C; there are: A, B"},
		{head + "resource S of A dtr", `line 8, column 17: unknown word "dtr" of a resource; there is: dtor`},
		{head + "func A.g", `line 8, column 9: expected "(" and the types`},
		{head + "func A.g(u9)", `line 8, column 10: unknown type "u9"; did you mean u8?`},
		{head + "func A.g(list<u8>, u8, own<S>)", `line 8, column 28: unknown resource "S"; there are: R`},
		{head + "func A.g(list<u8)", `line 8, column 17: expected ">" before ")"`},
		{head + "func A.g(u8 u8)", `line 8, column 13: expected "," or ")" before "u8)"`},
		{head + "func A.g() -> _", `line 8, column 15: _ is no type of a value`},
		{head + "func A.g() stakful", `line 8, column 12: unknown word "stakful" of a function; did you mean stackful?`},
		{head + "func C.g()", "line 8, column 6: world w: function \"C.g\": its name is an instance, or host, a dot, and a name of letters, digits, - and _; there are: A, B, host"},
		{head + "func A.run()", `line 8, column 6: world w: there are two of the name A.run`},
		{head + "func A.g() stackful", "line 8, column 6: world w: function A.g: it is lifted stackful and its type is sync: validation refuses it"},
		{head + "func A.g() -> (u8, u8)", "line 8, column 6: world w: function A.g: it has 2 results: validation refuses it"},
		{head + "import A B.f asink", `line 8, column 14: unknown word "asink" of an import; there is: async`},
		{head + "import A B.f", "line 8, column 10: world w: A imports B.f twice"},
		{head + "import B B.f, B.g", "line 8, column 15: world w: B imports B.g: unknown instance or function: there is no function B.g; did you mean B.f?"},
		{head + "import B B.f async", "line 8, column 10: world w: function B.f, imported by B: it is lowered async, and instance B has no memory"},
		{head + "limits table-lenght 8", `line 8, column 8: unknown limit "table-lenght"; did you mean table-length?`},
		{head + "limits table-length 0", "line 8, column 8: table-length: a limit is not 0"},
		{head + "limits table-length 1", "line 1: world w: tables of 1 elements are too short"},
		{head + "limits flat-results 2", "line 1: world w: the limit flat-results is 2, and upstream's is 1: a world lowers limits"},
		{head + "limits flat-params 3", "line 1: world w: the limit flat-params is 3: at least 4 are needed, which realloc takes"},
		{head + "limits flat-params 4\nfunc B.g(u8, u8, u8, u8, u8)", "line 9, column 6: world w: function B.g: it has more parameters than are passed flat, and instance B has no memory"},
		{head + "limits table-length 8 table-length 9", "line 8, column 23: a second table-length"},
		{head + "instance C memory 1 memory 2", "line 8, column 21: a second memory"},
		{head + "instance C utf8 utf16", "line 8, column 17: a second encoding of strings"},
		{head + "instance C memory64 memory64", "line 8, column 21: a second memory64"},
		{head + "func A.g() sync callback", "line 8, column 17: a second way to lift it"},
		{head + "func A.g() post-return post-return", "line 8, column 24: a second post-return"},
		{head + "func A.g(a: u8, a: u8)", `line 8, column 17: two parameters are called "a"`},
		{head + "func A.g(tuple<>)", "line 8, column 16: a type is missing before \">)\""},
		{head + "func A.g(option<u8", "line 8, column 19: expected \">\" before the end of the line"},
		{head + "bound 3 monkeys", "line 8, column 9: a bound is on actions, handles, threads or tasks, not on \"monkeys\""},
		{head + "start A.runn", "line 8, column 7: world w: starts with an unknown function A.runn; did you mean A.run?"},
		{head + "start A.run, B.f", "line 8, column 14: world w: starts with B.f, which has parameters"},
		{head + "menu A resource.new R", `line 8, column 8: expected ":" and actions`},
		{head + "menu C: tick", `line 8, column 6: world w: a menu of "C": it is no instance, and no code of the world is called so; there are: A, B, A.run, B.f`},
		{head + "menu A: resource.new R | resource.nwe R", `line 8, column 26: world w: the menu of A: unknown action "resource.nwe"; did you mean resource.new`},
		{head + "menu A: resource.new R\n  | resource.new S", `line 9, column 5: world w: the menu of A: resource.new: unknown resource "S"; there are: R`},
		{head + "menu B: resource.new R", "line 8, column 9: world w: the menu of B: resource.new R: R is defined by A, not by B"},
		{head + "menu A: call A.run", `line 8, column 9: world w: the menu of A: call: instance A imports no function "A.run"`},
		{head + "menu A: tick", "line 8, column 9: world w: the menu of A: tick is not for A"},
		{head + "menu host: throw", "line 8, column 12: world w: the menu of host: throw is not for host"},
		{head + "menu A: return", "line 8, column 9: world w: the menu of A: return stands in no menu"},
		{head + "menu A: stream.new", "line 8, column 9: world w: the menu of A: stream.new takes type"},
		{head + "menu A: stream.new list<u8", "line 8, column 20: a bracket is not closed"},
		{head + "menu A: |", "line 8, column 9: an action is missing"},
		{head + "menu B: memory.store", "line 8, column 9: world w: the menu of B: memory.store: instance B has less than 8 bytes of memory"},
		{head + "menu A: context.get i32\nmenu A.run: context.set i64", "line 9, column 13: world w: the menu of A.run: context.set i64: another line of A names i32"},
		{head + "pointers 0 x", `line 8, column 12: pointers: a number is expected`},
		{head + "lengths", `line 8, column 8: lengths: a number is expected`},
		{head + "bound 3 acts", `line 8, column 9: a bound is on actions, handles, threads or tasks, not on "acts"`},
		{head + "bound 3 tasks 2 tasks", `line 8, column 17: a bound on tasks is there twice`},
		{head + "random\nrandom", "line 9, column 7: a second random"},
		{head + "right-class yes", `line 8, column 13: unexpected "yes"`},
		{head + "doc \xff", "line 8: not text: it is UTF-8"},
		{"{\"name\":\"w\"}", "world w: it has no instance"},
		{`{"name":"w","instances":[{"name":"A"}],"menus":{"A":["call B.f"]}}`, `world w: the menu of A: call: unknown function "B.f": there is none`},
		{`{"name":"w","instances":[{"name":"A"}],"steps":-1}`, "world w: a limit or bound of it is negative"},
		{`{"name":"w","instances":[{"name":"A"}],"limits":{"flat_params":-1}}`, "world w: a limit or bound of it is negative"},
		{`{"name":"w","instances":[{"name":"A(B"}]}`, `world w: "A(B" is no name for an instance`},
		{`{"name":"w","instances":[{"name":"A"}],"start":["host.f"],"funcs":[{"name":"host.f"}]}`, "world w: starts with host.f, which is the host's own"},
	} {
		_, err := ReadWorld(strings.NewReader(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// docs/worlds.md has every word of the form.
func TestWorldsPageHasEveryWord(t *testing.T) {
	page := string(must(os.ReadFile("../docs/worlds.md")))
	words := slices.Concat(worldWords(), instanceWords, lifts)
	for _, w := range (&Limits{}).words() {
		words = append(words, w.word)
	}
	for _, w := range (&Bounds{}).words() {
		words = append(words, w.noun+"s")
	}
	for _, word := range words {
		if !strings.Contains(page, "`"+word+"`") && !strings.Contains(page, `"`+word+`"`) {
			t.Errorf("docs/worlds.md does not have %s", word)
		}
	}
	for _, word := range append(sortedKeys(primTypes), constructors...) {
		if !strings.Contains(page, word) {
			t.Errorf("docs/worlds.md does not have the type %s", word)
		}
	}
}

// worldSeeds are worlds to begin with: the named ones, under other names, and one that has everything.
func worldSeeds() []*World {
	seeds := []*World{must(ReadWorld(strings.NewReader(ownText)))}
	for _, w := range Worlds {
		own := *w
		own.Name = "own-" + w.Name
		seeds = append(seeds, &own)
	}
	return seeds
}

// The named worlds can be written as text, and read back the same.
func TestNamedWorldsAsText(t *testing.T) {
	for _, w := range worldSeeds() {
		checkRoundTrip(t, readWorld(t, w.json()))
	}
}

// Reading any text ends in an error with a line, or in a world that is printed, reads back the same, and can be explored.
func FuzzWorldText(f *testing.F) {
	for _, w := range worldSeeds() {
		f.Add(w.Text())
	}
	f.Fuzz(fuzzWorld)
}

// Reading any JSON does too.
func FuzzWorldJSON(f *testing.F) {
	for _, w := range worldSeeds() {
		f.Add(w.json())
	}
	f.Fuzz(fuzzWorld)
}

func fuzzWorld(t *testing.T, text string) {
	w, err := ReadWorld(strings.NewReader(text))
	if err != nil {
		if !strings.HasPrefix(strings.TrimSpace(text), "{") && !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("%q: no line in %v", text, err)
		}
		return
	}
	checkRoundTrip(t, w)
	if slices.ContainsFunc(w.Instances, func(i Instance) bool { return i.Memory > 1<<16 }) {
		return
	}
	Search{World: w, Variant: spec.SingleTable, Bounds: w.Bounds.Or(Bounds{Steps: 4, Handles: 3, Threads: 3, Tasks: 3}), MaxStates: 20, MaxTransitions: 300, KeepGoing: true}.Run()
}
