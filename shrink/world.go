package shrink

import (
	"slices"
	"strings"

	"cabi/model"
)

// ownMenus are what each function does in the best attempt.
func (sh *shrinker) ownMenus() map[string][]string { return Menus(sh.actionsOf()) }

// sharedMenus are, for each function that does something in the best attempt, all that any does and its world allows it.
func (sh *shrinker) sharedMenus() map[string][]string {
	own := sh.actionsOf()
	menus := map[string][]string{}
	for _, by := range own {
		for _, any := range own {
			at := &model.Activation{Name: by.At, Actor: actorOf(by.At, sh.search.World)}
			if text := template(any.Action); any.Action.Op != "return" && sh.onMenu(any.Action, at) && !slices.Contains(menus[by.At], text) {
				menus[by.At] = append(menus[by.At], text)
			}
		}
	}
	return menus
}

// actorOf is the instance that a function, a callback, a destructor … is of.
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

func (sh *shrinker) actionsOf() []Taken {
	var taken []Taken
	for _, s := range sh.best.steps {
		taken = append(taken, Taken{s.at, s.action})
	}
	return taken
}

// Menus are the menus that have just these actions.
func Menus(actions []Taken) map[string][]string {
	menus := map[string][]string{}
	for _, a := range actions {
		if text := template(a.Action); !slices.Contains(menus[a.At], text) && a.Action.Op != "return" {
			menus[a.At] = append(menus[a.At], text)
		}
	}
	return menus
}

// restricted is the world with these menus, as small as it can be for them.
func (sh *shrinker) restricted(menus map[string][]string) *model.World {
	w := Trim(sh.search.World, menus)
	w.RightClass = w.RightClass || sh.search.World.Random
	return w
}

// Trim is a world without the instances, resources, functions and imports that nothing on these menus needs, and with these
// menus alone.
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

// A trimmer knows what is needed of a world.
type trimmer struct {
	world                            *model.World
	funcs, resources, instances, ops map[string]bool
}

// needActor needs what acts: an instance, a function, or what belongs to one, such as its callback.
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

// need needs what the words of an action name.
func (t *trimmer) need(words []string) {
	t.ops[words[0]] = true
	for _, word := range words[1:] {
		t.needFunc(word)
		t.needResource(word)
		t.needTypes(word)
	}
}

// needTypes needs the resources in a type.
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
