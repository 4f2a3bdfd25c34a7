package model

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/zeebo/xxh3"

	"cabi/spec"
)

// long says that the tests may take long: CABI_LONG=1.
var long = os.Getenv("CABI_LONG") != ""

// small are the bounds within which worlds are small enough to be explored without merging states.
var small = map[string]Bounds{
	"handles": {Steps: 3, Handles: 2}, "waitables": {Steps: 3, Handles: 3}, "events": {Steps: 4}, "borrows": {Steps: 6}, "dtors": {Steps: 5}, "waits": {Steps: 5},
	"subtasks": {Steps: 6}, "backpressure": {Steps: 7}, "children": {Steps: 7}, "streams": {Steps: 8}, "futures": {Steps: 3},
	"host-streams": {Steps: 5}, "transfers": {Steps: 6}, "host-reads": {Steps: 6}, "host-calls": {Steps: 6}, "tasks": {Steps: 5, Tasks: 2}, "callbacks": {Steps: 5}, "threads": {Steps: 6},
	"switches": {Steps: 5}, "reentrance": {Steps: 7}, "cancel": {Steps: 6}, "error-contexts": {Steps: 4}, "donuts": {Steps: 7}, "handovers": {Steps: 5},
	"encodings": {Steps: 4}, "lends": {Steps: 6}, "params": {Steps: 5}, "units": {Steps: 7}, "targets": {Steps: 5}, "value-types": {Steps: 3}, "text-streams": {Steps: 6},
}

// search is a search of a world within the bounds of small.
func search(name string) Search {
	w := WorldByName(name)
	s := Search{World: w, Variant: spec.SingleTable, Bounds: small[name].Or(w.Bounds), Properties: []*Property{stops}, KeepGoing: true}
	if testing.Short() {
		s.Bounds.Steps = max(2, s.Bounds.Steps-3)
	}
	return s
}

// The types that a world treats alike are found, and no others, and swapping them leaves fewer states.
func TestSwaps(t *testing.T) {
	for name, want := range map[string][]swap{"waitables": {{"s8", "u8"}}, "events": nil, "handles": nil} {
		if got := compileWorld(WorldByName(name)).swaps; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	s := search("waitables")
	folded := s.Run()
	s.Full = true
	if full := s.Run(); full.States <= folded.States {
		t.Errorf("%d states folded, %d not", folded.States, full.States)
	} else {
		t.Logf("%d states folded, %d not", folded.States, full.States)
	}
}

// stops is the property that no run is stopped. Its violations are the sites of all stops, each with the shortest path.
var stops = &Property{Name: "stops", New: func() Checker { return &stopsChecker{} }}

type stopsChecker struct{ BaseChecker }

func (c *stopsChecker) Stopped(_ *Run, err error) {
	c.Message, c.ViolationKind = err.Error(), SiteOf(err)
}

// outcomes are the stops that a search finds, each with the number of actions that lead to it.
func outcomes(r *Report) map[string]int {
	found := map[string]int{}
	for _, v := range r.Violations {
		found[v.Kind] = v.Actions
	}
	return found
}

// A search that merges states finds the same stops, after as few actions, as one that does not.
func TestMergingChangesNothing(t *testing.T) {
	for _, name := range sortedKeys(small) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := search(name)
			merged := s.Run()
			s.Full = true
			full := s.Run()
			s.tweak.mergeNothing = true
			apart := s.Run()
			if !maps.Equal(outcomes(full), outcomes(apart)) {
				t.Errorf("merging finds\n%v, not merging\n%v", outcomes(full), outcomes(apart))
			}
			if !maps.Equal(outcomes(merged), outcomes(full)) {
				t.Errorf("reduced: \n%v, full\n%v", outcomes(merged), outcomes(full))
			}
			if apart.States < full.States || full.States < merged.States {
				t.Errorf("%d states apart, %d full, %d reduced", apart.States, full.States, merged.States)
			}
		})
	}
}

// notified is a property whose violations tell how many more times Settled was called than actions were taken, and whether two parts of
// the checker's memory agree. So a checker that is not restored when an action is taken back gives another violation.
var notified = &Property{Name: "notified", New: func() Checker { return &notifiedChecker{} }}

type notifiedChecker struct {
	BaseChecker
	settled int
	names   map[string]int
	last    []string
}

func (c *notifiedChecker) Begin(*Run) { c.names = map[string]int{} }

func (c *notifiedChecker) Done(_ *Run, at *Activation, _ []spec.CoreValue) {
	c.names[at.Name]++
	c.last = append(c.last, at.Name)
}

func (c *notifiedChecker) Settled(r *Run) { c.settled++ }

func (c *notifiedChecker) State(r *Run) {
	sum := 0
	for _, n := range c.names {
		sum += n
	}
	c.Message, c.ViolationKind = "notified", fmt.Sprint(c.settled-r.Actions, sum-len(c.last))
}

// A search that uses runs again and takes actions back reports the same as one that does neither.
func TestReplay(t *testing.T) {
	for _, name := range sortedKeys(small) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := search(name)
			s.Properties = append(s.Properties, notified)
			back := describe(s.Run())
			s.Replay = true
			if replayed := describe(s.Run()); back != replayed {
				t.Errorf("taken back:\n%s\nreplayed:\n%s", back, replayed)
			}
		})
	}
}

// A search reports the same with any number of workers.
func TestWorkersChangeNothing(t *testing.T) {
	for _, name := range sortedKeys(small) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := search(name)
			s.Workers = 1
			want := describe(s.Run())
			for _, s.Workers = range []int{2, 3} {
				if got := describe(s.Run()); got != want {
					t.Errorf("%d workers:\n%s\none:\n%s", s.Workers, got, want)
				}
			}
		})
	}
}

// describe is everything in a report as text.
func describe(r *Report) string {
	var b strings.Builder
	for _, v := range r.Violations {
		fmt.Fprintf(&b, "%s\n%s\n", v.Key(), v.Trace)
	}
	r.Violations = nil
	fmt.Fprintf(&b, "%+v", *r)
	return b.String()
}

// A depth-first search finds the same states and stops as a breadth-first one, though not with the shortest paths.
func TestDepthFirst(t *testing.T) {
	for _, name := range sortedKeys(small) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := search(name)
			breadth := s.Run()
			s.DepthFirst = true
			depth := s.Run()
			if depth.States != breadth.States || depth.AtBound != breadth.AtBound {
				t.Errorf("%d states, %d cut; breadth first %d, %d", depth.States, depth.AtBound, breadth.States, breadth.AtBound)
			}
			if got, want := sortedKeys(outcomes(depth)), sortedKeys(outcomes(breadth)); !slices.Equal(got, want) {
				t.Errorf("stops %v, breadth first %v", got, want)
			}
		})
	}
}

// mergers makes a search, and compares the successors of each state with those of the states that were merged with it. It returns how
// many pairs of states it compared, and a pair that differs.
func mergers(s Search, most int) (pairs int, differs string) {
	firsts := map[fingerprint]path{}
	var w *worker
	s.tweak.onState = func(e *explorer, to path, r *successor, visited bool) {
		if w == nil {
			w = newWorker(e)
		}
		if !visited {
			firsts[r.fingerprint] = to
		} else if pairs < most && differs == "" {
			pairs++
			if one, other := w.successors(firsts[r.fingerprint]), w.successors(to); one != other {
				differs = fmt.Sprintf("%v\n%v\n%s\n%v\n%v\n%s", firsts[r.fingerprint].actions, firsts[r.fingerprint].choices, one, to.actions, to.choices, other)
			}
		}
	}
	s.Run()
	if w != nil {
		w.pool.Close()
	}
	return pairs, differs
}

// successors are the fingerprints and stops of the successors of a state, sorted.
func (w *worker) successors(to path) string {
	var all []string
	w.expand(to, func(r *successor) {
		text := r.stop
		if r.atMenu {
			text = fmt.Sprint(r.fingerprint)
		}
		all = append(all, text)
	})
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "\n")
}

// States that are merged have the same successors.
func TestMergedStatesHaveTheSameSuccessors(t *testing.T) {
	pairs := 0
	for _, name := range sortedKeys(small) {
		for _, full := range []bool{false, true} {
			s := search(name)
			s.Bounds.Steps++
			if long {
				s.Bounds.Steps++
			}
			s.Full = full
			n, differs := mergers(s, mostPairs())
			if differs != "" {
				t.Errorf("%s, full %v: these are taken for one state:\n%s", name, full, differs)
			}
			pairs += n
		}
	}
	t.Logf("%d pairs", pairs)
}

// mostPairs is how many pairs of each world are compared: in the long mode 100,000 of all.
func mostPairs() int {
	switch {
	case long:
		return 5000
	case testing.Short():
		return 5
	default:
		return 60
	}
}

// components are the parts of a state, as patterns of its text. Fields that state the same fact are one component.
var components = map[string]string{
	"tables and free lists":             field("array") + `|` + field("live") + `|` + field("free") + `| known \[[^\]]*\]`,
	"flags":                             field("may_enter") + `|` + field("may_leave"),
	"backpressure":                      field("backpressure"),
	"exclusive thread":                  field("exclusive_thread"),
	"memory":                            `(?s) memory .{16}`,
	"threads: status, ready functions":  ` (running|suspended|waiting)\b|` + field("ready_func") + `|` + field("waiting") + `|` + field("begins"),
	"threads: cancellable":              field("cancellable"),
	"threads that run, and on whom":     `(?m)^running .*$|` + field("running"),
	"tasks, subtasks, ends: state":      field("state"),
	"tasks: what resolving them does":   field("on_resolve"),
	"borrows":                           field("num_borrows") + `|` + field("borrow_scope"),
	"lends":                             field("num_lends") + `|` + field("lenders"),
	"handles: own":                      field("own"),
	"waitables: sets":                   field("wset") + `|` + field("elems"),
	"waitables: pending events":         field("pending_event"),
	"subtasks: cancellation requested":  field("cancellation_requested"),
	"waitables: sync waiter":            field("has_sync_waiter"),
	"sets: threads that wait":           field("num_waiting"),
	"tasks that wait to enter":          field("num_waiting_to_enter"),
	"threads: storage":                  field("storage"),
	"calls of the host's functions":     field("started") + `|` + field("asked"),
	"streams and futures: pending":      field("pending_buffer") + `|` + field("pending_inst") + `|` + field("pending_on_copy_done"),
	"streams and futures: dropped":      field("dropped"),
	"buffers: progress":                 field("progress") + `|` + field("ptr"),
	"buffers: length":                   field("length"),
	"types":                             field("t") + `|` + field("rt"),
	"stacks":                            `(?m)^stack of .*$`,
	"stacks: pending actions":           ` does [a-z.-]+[^\n\[]*\[[^\]]*\]`,
	"stacks: observations":              ` (found|issued|retired) \S+`,
	"host: calls":                       `(?m)^call .*$`,
	"host: its own streams and futures": `(?m)^shared .*$`,
}

// field is the pattern of a field of an object.
func field(name string) string { return `\b` + name + `=(\[[^\]]*\]|[^ \n\[(]*(\([^\n]*?\))?)` }

// redundant are the components that repeat in these worlds what others state, and how. They are kept, because a change of the
// specification may make them differ.
var redundant = map[string]string{
	"exclusive thread":                 "it is the thread whose sync function or callback is on its stack",
	"flags":                            "an instance is entered while calls into it are on the stacks, and may not be left in realloc and post-return",
	"handles: own":                     "a borrowed handle has a scope",
	"host: calls":                      "that a call was cancelled stands in its task",
	"streams and futures: dropped":     "the end that dropped it is in no table",
	"streams and futures: pending":     "what is pending is the copy of the end that is copying",
	"subtasks: cancellation requested": "it stands in the callee's task",
	"tasks: what resolving them does":  "the subtask that is resolved names the task by its on_cancel",
	"calls of the host's functions":    "the state of the subtask, and that its cancellation was asked for, say as much",
	"waitables: sync waiter":           "the thread that waits is blocked in the built-in, for this waitable",
	"sets: threads that wait":          "the threads that wait name the set",
	"tasks that wait to enter":         "the threads that wait say so",
	"threads: storage":                 "core code here does not act by what it reads",
	"threads that run, and on whom":    "each is on the one whose pending action called or resumed it",
}

// Every component of a state that is not redundant is needed: without it, states would be merged that have different successors.
func TestEveryComponentIsNeeded(t *testing.T) {
	if testing.Short() {
		t.Skip("explores far: run without -short")
	}
	needed := map[string]string{}
	for _, name := range sortedKeys(small) {
		s := search(name)
		s.Bounds.Steps += deeper[name]
		g := graphOf(s)
		for component, pattern := range components {
			if needed[component] == "" && !g.goOnAlike(regexp.MustCompile(pattern)) {
				needed[component] = name
			}
		}
	}
	for _, component := range sortedKeys(components) {
		if _, listed := redundant[component]; listed != (needed[component] == "") {
			t.Errorf("%s: needed in %q, listed as redundant: %v", component, needed[component], listed)
		}
		t.Logf("%s: %s", component, needed[component])
	}
}

// deeper is how many actions deeper than small some worlds must be explored to show that.
var deeper = map[string]int{"children": 1, "borrows": 1, "waits": 2, "callbacks": 1, "threads": 1, "host-streams": 2, "transfers": 4, "streams": 4, "reentrance": 2}

// A graph is the states of a world as texts, and the successors of each.
type graph struct {
	texts  []string
	follow [][]string // of the states that were expanded: numbers of states, and sites of stops
}

func graphOf(s Search) *graph {
	g := &graph{}
	s.Replay = true // so that each state is yielded before the next is written
	numbers := map[string]int{}
	e := newExplorer(s)
	defer e.close()
	w := e.workers[0]
	var text string
	w.writer.rewrite = func(state []byte) []byte { text = string(state); return state }
	var paths []path
	number := func(to path, r *successor) string {
		if !r.atMenu {
			return r.stop
		}
		n, known := numbers[text]
		if !known {
			n = len(g.texts)
			numbers[text] = n
			g.texts = append(g.texts, text)
			if r.template != nil {
				to.actions = append(slices.Clip(to.actions), r.action)
			}
			paths = append(paths, path{actions: to.actions, choices: append(slices.Clip(to.choices), r.choices...)})
		}
		return fmt.Sprint(n)
	}
	w.start(path{}, func(r *successor) { number(path{}, r) })
	for i := 0; i < len(g.texts) && len(paths[i].actions) < s.Bounds.Steps; i++ {
		var follow []string
		w.expand(paths[i], func(r *successor) { follow = append(follow, number(paths[i], r)) })
		g.follow = append(g.follow, follow)
	}
	return g
}

// goOnAlike reports whether all states whose texts differ only where the pattern matches have the same successors, up to such
// differences.
func (g *graph) goOnAlike(pattern *regexp.Regexp) bool {
	classes := make([]string, len(g.texts))
	for i, text := range g.texts {
		classes[i] = fmt.Sprint(xxh3.HashString128(pattern.ReplaceAllString(text, "")))
	}
	futures := map[string]string{}
	for i, follow := range g.follow {
		var future []string
		for _, f := range follow {
			if n, err := strconv.Atoi(f); err == nil {
				f = classes[n]
			}
			future = append(future, f)
		}
		slices.Sort(future)
		text := strings.Join(slices.Compact(future), " ")
		if before, known := futures[classes[i]]; known && before != text {
			return false
		}
		futures[classes[i]] = text
	}
	return true
}

// Different states have different fingerprints.
func TestFingerprintIsOfTheState(t *testing.T) {
	s := search("cancel")
	texts := map[fingerprint]string{}
	s.tweak.rewrite = func(state []byte) []byte {
		h := xxh3.Hash128(state)
		if before, known := texts[h]; known && before != string(state) {
			t.Errorf("one fingerprint of two states:\n%s\n%s", before, state)
		}
		texts[h] = string(state)
		return state
	}
	s.Run()
}

// forms passes on the text and the bytes of each state that a search comes to.
type forms struct {
	BaseChecker
	text, bytes *stateWriter
	pass        func(text, bytes string) // a function, of which a search puts nothing back
}

func (c *forms) Settled(r *Run) {
	c.pass(string(c.text.appendForm(nil, r, false)), string(c.bytes.appendForm(nil, r, true)))
}

// States have equal bytes exactly if they have equal texts.
func TestStateAsBytes(t *testing.T) {
	for _, world := range sortedKeys(small) {
		for _, full := range []bool{false, true} {
			s := search(world)
			s.Bounds.Steps, s.Full = min(s.Bounds.Steps, 4), full
			byText, byBytes := map[string]string{}, map[string]string{}
			pass := func(text, bytes string) {
				if before, known := byText[text]; known && before != bytes {
					t.Errorf("one text, two forms as bytes:\n%s%q\n%q", text, before, bytes)
				}
				if before, known := byBytes[bytes]; known && before != text {
					t.Errorf("two texts, one form as bytes:\n%s%s", before, text)
				}
				byText[text], byBytes[bytes] = bytes, text
			}
			s.Properties = []*Property{{Name: "forms", New: func() Checker {
				return &forms{text: &stateWriter{reduce: s.mayReduce()}, bytes: &stateWriter{reduce: s.mayReduce()}, pass: pass}
			}}}
			if s.Run(); len(byText) < 5 {
				t.Errorf("%s: only %d states", world, len(byText))
			}
		}
	}
}

// fixed are the fields of objects that are no component, and why they need be none.
var fixed = map[string]string{
	"depth":           "how deep calls are nested, which no action depends on but at the limit",
	"flat_results":    "of a call's function, whose name stands in the stacks",
	"implicit_thread": "it is set when the task begins, and stays",
	"index":           "it is set when the object is made, and names it",
	"inst":            "it is set when the object is made, and stays",
	"memory":          "of an instance: it stays, and its bytes are a component",
	"on_cancel":       "it is set when the call begins, and stays",
	"parent":          "it is set when the instance is made, and stays",
	"rep":             "it is set when the handle is made, and stays",
	"shared":          "it is set when the end is made, and stays",
	"task":            "it is set when the thread is made, and stays",
	"threads":         "each names its task",
}

// Every field that a state is written with is a component, so that TestEveryComponentIsNeeded leaves each out in turn, or it is said why not.
func TestComponentsAreAllFields(t *testing.T) {
	name := regexp.MustCompile(`\b([a-z_]+)=`)
	all := regexp.MustCompile("(?:" + strings.Join(slices.Collect(maps.Values(components)), ")|(?:") + ")")
	seen := map[string]string{}
	for _, world := range sortedKeys(small) {
		s := search(world)
		s.Bounds.Steps, s.Full = min(s.Bounds.Steps, 4), true
		s.tweak.rewrite = func(state []byte) []byte {
			for _, m := range name.FindAllSubmatch(all.ReplaceAll(state, nil), -1) {
				seen[string(m[1])] = world
			}
			return state
		}
		s.Run()
	}
	for _, f := range sortedKeys(seen) {
		if fixed[f] == "" {
			t.Errorf("%s, of a state of %s, is in no component", f, seen[f])
		}
	}
}
