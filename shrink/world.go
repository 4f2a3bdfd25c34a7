package shrink

import (
	"slices"
	"strings"

	"cabi/model"
)

// ownMenus have, for each function, its actions in the best attempt.
func (sh *shrinker) ownMenus() map[string][]string { return Menus(sh.actionsOf()) }

// sharedMenus have, for each function that takes an action in the best attempt, the actions of all functions there that are on its
// menu in the world of the search.
func (sh *shrinker) sharedMenus() map[string][]string {
	own := sh.actionsOf()
	menus := map[string][]string{}
	for _, by := range own {
		for _, any := range own {
			at := &model.Activation{Name: by.At, Actor: actorOf(by.At, sh.search.World)}
			if text := template(any.Action); any.Action.Op != "return" && onMenu(sh.search.World, any.Action, at) && !slices.Contains(menus[by.At], text) {
				menus[by.At] = append(menus[by.At], text)
			}
		}
	}
	return menus
}

// actorOf is the instance that a function, a callback, a post-return or a destructor belongs to.
func actorOf(at string, w *model.World) string {
	for _, r := range w.Resources {
		if at == r.Name+".dtor" {
			return r.Impl
		}
	}
	actor, _, _ := strings.Cut(at, ".")
	return actor
}

// Taken is an action and the function that takes it.
type Taken struct {
	At     string
	Action model.Action
}

// actionsOf are the actions of the best attempt.
func (sh *shrinker) actionsOf() []Taken {
	var taken []Taken
	for _, s := range sh.best.steps {
		taken = append(taken, Taken{s.At, s.Action})
	}
	return taken
}

// Menus are menus with these actions and no others.
func Menus(actions []Taken) map[string][]string {
	menus := map[string][]string{}
	for _, a := range actions {
		if text := template(a.Action); !slices.Contains(menus[a.At], text) && a.Action.Op != "return" {
			menus[a.At] = append(menus[a.At], text)
		}
	}
	return menus
}

// restricted is the smallest part of the search's world that these menus need.
func (sh *shrinker) restricted(menus map[string][]string) *model.World {
	w := Trim(sh.search.World, menus)
	w.RightClass = w.RightClass || sh.search.World.Random
	return w
}

// Trim is the part of a world that these menus need, with these menus: no other instances, resources, functions and imports.
func Trim(w *model.World, menus map[string][]string) *model.World {
	t := &trimmer{world: w, funcs: map[string]bool{}, resources: map[string]bool{}, instances: map[string]bool{}, ops: map[string]bool{}}
	for _, name := range w.Start {
		t.needFunc(name)
	}
	for at, menu := range menus {
		t.needActor(at)
		for _, line := range menu {
			t.need(strings.Fields(line))
		}
	}
	small := *w
	small.Menus, small.Doc, small.Random = menus, "", false
	if !t.ops["waitable-set.wait"] && !t.ops["waitable-set.poll"] {
		small.Pointers = nil
	}
	if !t.ops["stream.read"] && !t.ops["stream.write"] && !t.ops["shared.read"] && !t.ops["shared.write"] {
		small.Lengths = nil
	}
	small.Funcs = keep(w.Funcs, func(f model.Func) bool { return t.funcs[f.Name] })
	small.Imports = keep(w.Imports, func(i model.Import) bool { return t.funcs[i.Func] && t.instances[i.Instance] })
	small.Resources = keep(w.Resources, func(r model.Resource) bool { return t.resources[r.Name] })
	small.Instances = keep(w.Instances, func(i model.Instance) bool { return t.instances[i.Name] })
	return &small
}

// keep is the elements of a list that satisfy a condition, in a list of its own.
func keep[T any](list []T, where func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(e T) bool { return !where(e) })
}

// A trimmer collects the parts of a world that are needed.
type trimmer struct {
	world                            *model.World
	funcs, resources, instances, ops map[string]bool
}

// needActor adds the instance, function or resource that a menu belongs to. The menu may be that of a callback or destructor.
func (t *trimmer) needActor(at string) {
	for _, f := range t.world.Funcs {
		if at == f.Name || strings.HasPrefix(at, f.Name+".") {
			t.needFunc(f.Name)
		}
	}
	for _, r := range t.world.Resources {
		if at == r.Name+".dtor" {
			t.needResource(r.Name)
		}
	}
	name, _, _ := strings.Cut(at, ".")
	t.needInstance(name)
}

// need adds the parts of the world that the words of an action name.
func (t *trimmer) need(words []string) {
	t.ops[words[0]] = true
	for _, word := range words[1:] {
		t.needFunc(word)
		t.needResource(word)
		t.needTypes(word)
	}
}

// needTypes adds the resources in a type.
func (t *trimmer) needTypes(text string) {
	for _, r := range t.world.Resources {
		if strings.Contains(text, "<"+r.Name+">") {
			t.needResource(r.Name)
		}
	}
}

func (t *trimmer) needFunc(name string) {
	for _, f := range t.world.Funcs {
		if f.Name == name && !t.funcs[name] {
			t.funcs[name] = true
			t.needInstance(f.Instance())
			for _, text := range slices.Concat(f.Params, f.Results) {
				t.needTypes(text)
			}
		}
	}
}

func (t *trimmer) needResource(name string) {
	for _, r := range t.world.Resources {
		if r.Name == name {
			t.resources[name] = true
			t.needInstance(r.Impl)
		}
	}
}

func (t *trimmer) needInstance(name string) {
	for _, i := range t.world.Instances {
		if i.Name == name && !t.instances[name] {
			t.instances[name] = true
			t.needInstance(i.Parent)
		}
	}
}
