package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// explainWorld tells about a world.
func explainWorld(name string) (*explanation, error) {
	w := model.WorldByName(name)
	if w == nil {
		return nil, nil
	}
	return explainWorldOf(w), nil
}

// explainWorldOf tells about a world that may be one's own.
func explainWorldOf(w *model.World) *explanation {
	name := w.Name
	w, chosen := w.Complete()
	e := &explanation{title: "world " + name}
	contains, leftOut, _ := strings.Cut(w.Doc, " Left out: ")
	e.add("contains", contains)
	e.add("leaves out", strings.TrimSuffix(leftOut, "."))
	e.add("instances", each(w.Instances, instanceText))
	e.add("resources", each(w.Resources, resourceText))
	e.add("functions", each(w.Funcs, funcText))
	e.add("imports", each(w.Imports, importText))
	e.add("built-ins", each(w.Builtins, func(b model.Builtin) string { return b.String() + ", for a definitions.py, which --spec names" }))
	e.add("starts", startText(w))
	e.add("menus", menusText(w))
	if w.RightClass {
		e.add("indices", "guests use those of elements of the right class")
	} else {
		e.add("indices", "guests use every index that was ever handed out, 0, and one that was not")
	}
	e.add("limits", limitsText(w.Limits))
	e.add("bound", w.Bounds.String())
	e.add("chosen", chosenText(chosen, chosen.Steps))
	e.add("left out", strings.Join(chosen.LeftOut, "; "))
	if w.Random {
		e.add("explored", "at random, being too big to exhaust, unless --steps says how far")
	}
	e.add("checked", checkedText(w))
	e.add("known defects", each(defectsIn(name), func(d properties.Defect) string {
		return fmt.Sprintf("%s after %s", key(d), model.Counted(d.Actions, "action"))
	}))
	e.shown, e.none = worldTrace(w)
	return e
}

// each is a line for each element.
func each[T any](list []T, line func(T) string) string { return strings.Join(names(list, line), "\n") }

func instanceText(i model.Instance) string {
	text := i.Name
	if i.Parent != "" {
		text += ", a child of " + i.Parent
	}
	if i.Memory == 0 {
		return text + ", without memory"
	}
	text += fmt.Sprintf(", %d bytes of memory, strings in %s", i.Memory, cmp.Or(i.Encoding, "utf8"))
	if i.Memory64 {
		text += ", addresses of 64 bits"
	}
	if i.Realloc == "guest" {
		text += "; realloc is the guest's"
	}
	return text
}

func resourceText(r model.Resource) string {
	text := fmt.Sprintf("%s, implemented by %s", r.Name, r.Impl)
	if r.Dtor {
		text += ", with a destructor that runs guest code"
	}
	return text
}

func funcText(f model.Func) string {
	text := f.Name + ": "
	if f.Async {
		text += "async "
	}
	text += "func(" + strings.Join(f.Params, ", ") + ")"
	if len(f.Results) > 0 {
		text += " -> " + strings.Join(f.Results, ", ")
	}
	if f.Instance() != model.Host {
		text += ", lifted " + cmp.Or(f.Lift, "sync")
	}
	if f.PostReturn {
		text += ", with post-return"
	}
	return text
}

func importText(i model.Import) string {
	lowered := "sync"
	if i.Async {
		lowered = "async"
	}
	return fmt.Sprintf("%s imports %s, lowered %s", i.Instance, i.Func, lowered)
}

func startText(w *model.World) string {
	if len(w.Start) == 0 {
		return "when the host calls something: in a litmus file, with invoke FUNCTION under \"in host\""
	}
	return "when the host has called " + strings.Join(w.Start, ", then ")
}

// menusText is a line for each menu: whose it is, and the actions; an instance's own is for all its functions that have none.
func menusText(w *model.World) string {
	return each(slices.Sorted(maps.Keys(w.Menus)), func(who string) string {
		return who + ": " + strings.Join(w.Menus[who], ", ")
	})
}

// limitsText is the limits that are lowered.
func limitsText(l model.Limits) string {
	var parts []string
	for _, limit := range []struct {
		what  string
		value int64
	}{
		{"places of a table", int64(l.TableLength)}, {"elements of a buffer", int64(l.BufferLength)}, {"backpressure", l.Backpressure},
		{"backpressure at the start", l.InitialBackpressure}, {"bytes of a string", int64(l.StringByteLength)},
		{"bytes of a list", int64(l.ListByteLength)}, {"bytes that realloc gives", int64(l.ReallocI32)}, {"flat parameters", int64(l.FlatParams)},
		{"flat parameters of async calls", int64(l.FlatAsyncParams)}, {"flat results", int64(l.FlatResults)},
	} {
		if limit.value != 0 {
			parts = append(parts, fmt.Sprintf("%s: %d", limit.what, limit.value))
		}
	}
	return strings.Join(parts, "; ")
}

// checkedText says which properties are checked unless others are asked for.
func checkedText(w *model.World) string {
	checked := properties.For(w)
	left := slices.DeleteFunc(properties.Promises(), func(p *model.Property) bool { return slices.Contains(checked, p) })
	if len(left) == 0 {
		return fmt.Sprintf("all %d promises", len(checked))
	}
	return fmt.Sprintf("%d promises; left out are those about indices, which its guests do not look at: %s", len(checked),
		strings.Join(names(left, func(p *model.Property) string { return p.Name }), ", "))
}

// defectsIn are the known defects of a world.
func defectsIn(world string) []properties.Defect {
	return defects(func(d properties.Defect) bool { return d.World == world })
}

// defects are the known defects that are wanted, those first that take the fewest actions.
func defects(wanted func(properties.Defect) bool) []properties.Defect {
	some := slices.DeleteFunc(slices.Clone(properties.KnownDefects), func(d properties.Defect) bool { return !wanted(d) })
	slices.SortStableFunc(some, func(a, b properties.Defect) int { return cmp.Compare(a.Actions, b.Actions) })
	return some
}

// key tells a defect from others.
func key(d properties.Defect) string { return strings.TrimSuffix(d.Property.Name+"/"+d.Kind, "/") }

// worldTrace is a trace of a world, or of a part of it, or says why there is none.
func worldTrace(w *model.World) (*shownTrace, string) {
	name := w.Name
	if ds := defectsIn(name); len(ds) > 0 {
		if s := searched(ds[0]); s != nil {
			return s, ""
		}
	}
	for _, of := range []string{name, "part-of-" + name, name + "-part"} {
		if e := longestExample(of); e != nil && model.WorldByName(name) != nil {
			return shownBy(e, "A trace of it"), ""
		}
	}
	return walked(w), "nothing can be done in it"
}

// walkActions is how many different actions a trace has that is made to show a world, if a search comes so far.
const walkActions = 4

// A walk is a checker that takes a run with so many different actions for a violation, so that a search gives its trace.
type walk struct {
	model.BaseChecker
	want  int
	taken string // the names of the actions so far, each between spaces
}

// Done notes an action.
func (c *walk) Done(_ *model.Run, at *model.Activation, _ []spec.CoreValue) {
	if name := " " + strings.Join(append([]string{at.Pending.Op}, at.Pending.Imm...), ",") + " "; !strings.Contains(c.taken, name) {
		c.taken += name
	}
	if len(strings.Fields(c.taken)) >= c.want {
		c.Message = "so many actions were taken"
	}
}

// AppendGhost tells states apart that are reached with other actions.
func (c *walk) AppendGhost(b []byte) []byte { return append(b, c.taken...) }

// walked is a trace of a world that has no other.
func walked(w *model.World) *shownTrace {
	var found *model.Violation
	for want := walkActions; found == nil; want-- {
		if want == 0 {
			return nil
		}
		property := &model.Property{Name: "walk", New: func() model.Checker { return &walk{BaseChecker: model.BaseChecker{Name: "walk"}, want: want} }}
		found = model.Search{World: w, Variant: spec.SingleTable, Properties: []*model.Property{property}, Bounds: w.Bounds, Enough: model.EnoughTransitions}.Run().Violation()
	}
	found.Trace.Violates = ""
	return &shownTrace{caption: "A trace of it, found just now", trace: found.Trace.String()}
}

// longestExample is the trace at the pin with the most actions of a world; nil: there is none.
func longestExample(world string) *example {
	var best *example
	for _, e := range examples() {
		if strings.HasPrefix(e.header(), "world "+world+" ") && e.atPin() && (best == nil || len(e.acts()) > len(best.acts())) {
			best = &e
		}
	}
	return best
}
