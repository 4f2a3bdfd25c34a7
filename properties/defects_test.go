package properties

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cabi/model"
	"cabi/spec"
)

// knownIn are the known defects of a world.
func knownIn(world string) []Defect {
	return slices.DeleteFunc(slices.Clone(KnownDefects), func(d Defect) bool { return d.World != world })
}

// TestPromises explores a world to shorter actions less than its own bound, unless a known defect takes more, the bound is small, or
// CABI_LONG is set.
const shorter, small = 3, 7

// steps is how many actions TestPromises explores in a world.
func steps(w *model.World) int {
	n := w.Bounds.Steps - shorter
	if os.Getenv("CABI_LONG") != "" || w.Bounds.Steps <= small {
		n = w.Bounds.Steps
	}
	if testing.Short() {
		n -= shorter
	}
	for _, d := range knownIn(w.Name) {
		if !isDeep(d) {
			n = max(n, d.Actions)
		}
	}
	return n
}

// isDeep reports whether another defect of the kind takes fewer actions: TestPromises looks for this one where it comes so far.
func isDeep(d Defect) bool {
	return slices.ContainsFunc(knownIn(d.World), func(o Defect) bool { return o.Property == d.Property && o.Kind == d.Kind && o.Actions < d.Actions })
}

// TestPromises checks that every promise holds, but for the known defects, in every world that can be exhausted; and that all worlds
// together reach everything that can be reached.
func TestPromises(t *testing.T) {
	var all coverage
	t.Run("worlds", func(t *testing.T) {
		for _, w := range model.Worlds {
			if w.Random {
				continue
			}
			t.Run(w.Name, func(t *testing.T) {
				t.Parallel()
				seen := &coverage{}
				bounds := w.Bounds
				bounds.Steps = steps(w)
				report := model.Search{World: w, Variant: spec.SingleTable, Properties: append(For(w), seen.property()), Bounds: bounds, KeepGoing: true, ByShape: true}.Run()
				mustBeKnown(t, w.Name, report.Violations, bounds.Steps)
				seen.report(report)
				all.merge(seen)
			})
		}
	})
	if !testing.Short() { // narrow searches do not reach everything
		all.check(t)
	}
}

// mustBeKnown checks that the violations that were found are known defects, by what caused them, and that all known defects within so many
// actions were found.
func mustBeKnown(t *testing.T, world string, found []*model.Violation, steps int) {
	t.Helper()
	shortest := map[Defect]int{}
	for _, v := range found {
		cause := CauseOf(v)
		known := knownIn(world)
		i := slices.IndexFunc(known, func(d Defect) bool {
			return cause != nil && d.Property.Name == v.Property && d.Kind == v.Kind && (d.Cause == "" || d.Cause == cause.What)
		})
		if i < 0 {
			t.Errorf("not known, after %d actions, of kind %q, caused by %q: %s\nsave this trace and run it again with: cabi replay FILE", v.Actions, v.Kind, v.Shape, v.Trace)
			continue
		}
		if n, is := shortest[known[i]]; !is || v.Actions < n {
			shortest[known[i]] = v.Actions
		}
	}
	for _, d := range knownIn(world) {
		if d.Actions <= steps && shortest[d] != d.Actions {
			t.Errorf("%s/%s %s takes %d actions, not %d (0: it is not found): is it repaired?", d.Property.Name, d.Kind, d.Cause, shortest[d], d.Actions)
		}
	}
}

// TestFindingsRemain checks that what internal/findings shows by traces happens as they say.
func TestFindingsRemain(t *testing.T) {
	files, err := filepath.Glob("../internal/findings/traces/*.cabi")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d traces, %v", len(files), err)
	}
	for _, file := range files {
		mustHappen(t, file, read(t, file))
	}
}

// TestFlagsInside checks that a stream whose elements have flags in them cannot be read either, whatever else they are.
func TestFlagsInside(t *testing.T) {
	trace := read(t, "../internal/findings/traces/stream-of-flags.cabi")
	for _, element := range []string{"list<flags{a}>", "tuple<flags{a}>", "variant{x(flags{a})}", "stream<flags{a}>", "future<flags{a}>"} {
		mustHappen(t, element, strings.ReplaceAll(trace, "flags{a}", element))
	}
}

// mustHappen runs a trace, which must violate what it says.
func mustHappen(t *testing.T, name, text string) {
	t.Helper()
	if trace, replay := replayed(t, name, text); !slices.Contains(replay.Violations, trace.Violates) {
		t.Errorf("%s: violates %q, not %q", name, replay.Violations, trace.Violates)
	}
}

// replayed runs a trace, all of which must happen.
func replayed(t *testing.T, name, text string) (*model.Trace, *model.Replay) {
	t.Helper()
	trace, err := model.ParseTrace(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	replay, err := model.ReplayOptions{Properties: Promises()}.Run(trace)
	if err != nil {
		t.Fatal(err)
	}
	if replay.Departs != nil {
		t.Errorf("%s: departs at %v", name, replay.Departs)
	}
	return trace, replay
}

// TestBuffersOverlap checks that a copy between buffers that overlap is no violation, although it overwrites what it copies.
func TestBuffersOverlap(t *testing.T) {
	_, replay := replayed(t, "overlap", "world overlap  variant single-table\ninstance A  memory 64\nfunc async A.run()  stackful\n"+
		"host: invoke A.run\nA: enter A.run\nA: stream.new u8\nA: stream.read u8 async 1 0 4\nA: memory.store 0 1\n"+
		"A: stream.write u8 async 2 0 1 -> 16\nA: stream.write u8 async 2 0 4 -> 48\n")
	if len(replay.Violations) > 0 {
		t.Errorf("violates %q", replay.Violations)
	}
}

// TestEndsOfOneIndex checks that the event of an end is not taken for stolen where ends of two types have one index.
func TestEndsOfOneIndex(t *testing.T) {
	_, replay := replayed(t, "ends", "world ends  variant per-payload-type\ninstance A  memory 64\nfunc async A.run()  stackful\n"+
		"host: invoke A.run\nA: enter A.run\nA: stream.new u8\nA: stream.new s8\nA: stream.write s8 async 2 0 1\n"+
		"A: stream.read s8 async 1 0 1 -> 16\nA: stream.cancel-write s8 async 2 -> 16\n")
	if slices.ContainsFunc(replay.Violations, func(v string) bool { return strings.HasPrefix(v, "no-stolen-event") }) {
		t.Errorf("violates %q", replay.Violations)
	}
}

// TestThreadsAmongHandles checks that an index that is no thread's traps where threads are in one table with handles.
func TestThreadsAmongHandles(t *testing.T) {
	w := worldNamed(t, "wrong-classes")
	report := model.Search{World: w, Variant: spec.VariantByName("single-table-threads"), Bounds: w.Bounds}.Run()
	if report.Err != nil || report.Stops["variant/thread-class"] == 0 {
		t.Errorf("%v, stops %v", report.Err, report.Stops)
	}
}

// inEverythingAlone are the kinds of the known defects that no world to exhaust has.
var inEverythingAlone = []string{"store/aligned", "store/bounds", "contains/unknown-type", "canon_lift.thread_func/params"}

// TestCauses checks that every cause explains a known defect, and every known defect has one.
func TestCauses(t *testing.T) {
	for _, c := range Causes {
		if !slices.Contains(inEverythingAlone, c.Kind) && !slices.ContainsFunc(KnownDefects, func(d Defect) bool {
			return d.Property == c.Property && (c.Kind == "*" || c.Kind == d.Kind) && (d.Cause == "" || d.Cause == c.What)
		}) {
			t.Errorf("no known defect is that %s", c.What)
		}
	}
	for _, d := range KnownDefects {
		if n := len(slices.DeleteFunc(slices.Clone(Causes), func(c Cause) bool {
			return c.Property != d.Property || c.Kind != "*" && c.Kind != d.Kind || d.Cause != "" && d.Cause != c.What
		})); n == 0 || d.Cause != "" && n > 1 {
			t.Errorf("%s/%s in %s has %d causes", d.Property.Name, d.Kind, d.World, n)
		}
	}
}

// unbroken are the promises without a known defect. One that is violated in a world may be violated in another one, too, by runs that
// are longer than those that TestPromises explores.
func unbroken() []*model.Property {
	return slices.DeleteFunc(Promises(), func(p *model.Property) bool {
		return slices.ContainsFunc(KnownDefects, func(d Defect) bool { return d.Property == p })
	})
}

// TestRandomPromises checks the promises without a known defect in random runs of every world, longer than those of TestPromises.
func TestRandomPromises(t *testing.T) {
	for _, w := range model.Worlds {
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			walk := model.TapeRunner{World: w, Variant: spec.SingleTable, Properties: unbroken(), Bounds: w.Bounds}
			long := rapid.SliceOfN(rapid.Uint32Range(0, 1<<16), 2, 120)
			rapid.Check(t, func(t *rapid.T) {
				if violation := walk.Run(long.Draw(t, "tape")).Violation; violation != nil {
					t.Fatalf("%s\nsave this trace and run it again with: cabi replay FILE", violation.Trace)
				}
			})
		})
	}
}

// TestWaits checks that waiting on sets works under all variants alike.
func TestWaits(t *testing.T) {
	t.Parallel()
	waits := scope{"waits", 7, model.WorldByName("waits").Bounds.Handles}
	for _, v := range spec.Variants {
		mustHold(t, waits, v, []*model.Property{joinSymmetric, eventIdentifies, waitingCount, resolvedOnce, noLostWakeup, noStolenEvent})
	}
}

// TestPromisesOnVariants checks that promises that are not about indices hold on variants, but for the known defects: they are about what is numbered, and not
// about the numbers.
func TestPromisesOnVariants(t *testing.T) {
	steps, variants := 3, []*spec.Variant{spec.VariantByName("per-type"), spec.VariantByName("store-wide")}
	if os.Getenv("CABI_LONG") != "" {
		steps, variants = 6, spec.Variants[1:]
	}
	for _, v := range variants {
		for _, w := range model.Worlds {
			if w.Random {
				continue
			}
			t.Run(v.Name+"/"+w.Name, func(t *testing.T) {
				t.Parallel()
				bounds := w.Bounds
				bounds.Steps = min(bounds.Steps, steps)
				kept := slices.DeleteFunc(For(w), func(p *model.Property) bool { return p.Indices })
				for _, x := range (model.Search{World: w, Variant: v, Properties: kept, Bounds: bounds, KeepGoing: true, ByShape: true}.Run()).Violations {
					if CauseOf(x) == nil {
						t.Errorf("%s on %s, of kind %q, caused by %q:\n%s", x.Property, v.Name, x.Kind, x.Shape, x.Trace)
					}
				}
			})
		}
	}
}
