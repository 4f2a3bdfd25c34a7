package model

import (
	"slices"
	"strings"
	"testing"
)

// Every world is valid, and every line of its menus is an action.
func TestWorldsAreValid(t *testing.T) {
	for _, w := range Worlds {
		if err := w.Validate(); err != nil {
			t.Error(err)
		}
		for actor, menu := range w.Menus {
			for _, line := range menu {
				words := strings.Fields(line)
				if o, known := ops[words[0]]; !known || len(o.imm) != len(words)-1 {
					t.Errorf("%s: %s: %q is no action of a menu", w.Name, actor, line)
				}
			}
		}
	}
}

// Every file in worlds/ is a world of that name, and is listed.
func TestWorldFiles(t *testing.T) {
	files, err := worldFiles.ReadDir("worlds")
	if err != nil || len(files) != len(Worlds) {
		t.Errorf("%d files, and %d worlds: %v", len(files), len(Worlds), err)
	}
	for _, f := range files {
		if w := WorldByName(strings.TrimSuffix(f.Name(), WorldFile)); w == nil {
			t.Errorf("%s is the file of no world", f.Name())
		}
	}
}

// Every built-in and every kind of callee is in a world that can be exhausted, and in the world everything.
func TestWorldsHaveEverything(t *testing.T) {
	everything := WorldByName("everything").has()
	exhaustible := map[string]bool{}
	for _, w := range Worlds {
		if !w.Random {
			for what := range w.has() {
				exhaustible[what] = true
			}
		}
	}
	want := []string{"lift sync", "lift sync async", "lift stackful async", "lift callback async", "post-return", "dtor", "child"}
	for _, op := range Ops() {
		if !notInMenus[op] && !IsLoad(op) {
			want = append(want, op)
		}
	}
	for _, what := range want {
		if !exhaustible[what] {
			t.Errorf("no world that can be exhausted has %s", what)
		}
		if !everything[what] {
			t.Errorf("the world everything has no %s", what)
		}
	}
}

// notInMenus are the actions that no menu has: stop, which ends a run; return, which every activation has; and a task.return with other
// options than its function, which the comparison with upstream takes.
var notInMenus = map[string]bool{opStop: true, opReturn: true, "task.return-other": true}

// has are the actions and kinds of callees of a world.
func (w *World) has() map[string]bool {
	has := map[string]bool{}
	for _, menu := range w.Menus {
		for _, line := range menu {
			has[strings.Fields(line)[0]] = true
		}
	}
	for _, f := range w.Funcs {
		words := []string{"lift", f.Lift}
		if f.Lift == "" {
			words[1] = "sync"
		}
		if f.Async {
			words = append(words, "async")
		}
		has[strings.Join(words, " ")] = true
		has["post-return"] = has["post-return"] || f.PostReturn
	}
	has["dtor"] = slices.ContainsFunc(w.Resources, func(r Resource) bool { return r.Dtor })
	has["child"] = slices.ContainsFunc(w.Instances, func(i Instance) bool { return i.Parent != "" })
	return has
}
