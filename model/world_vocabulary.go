package model

import (
	"fmt"
	"slices"
)

// A vocabulary is what the actions of a world may name: resources, functions, types. It checks each action once, whatever its numbers,
// because long traces repeat theirs. It is for a world that does not change, and not for several goroutines.
type vocabulary struct {
	world     *World
	resources resourceTypes
	checked   map[namedAction]error
}

// A namedAction is an action of an actor without its numbers.
type namedAction struct {
	actor, op string
	imm       [mostImmediates]string
}

// mostImmediates is how many immediates an action has at most.
const mostImmediates = 2

func newVocabulary(w *World) *vocabulary {
	return &vocabulary{w, w.resourceNames(), map[namedAction]error{}}
}

// check returns an error if an actor can never take an action, whatever its numbers: an immediate names what is not there, or a rule
// of validation is broken.
func (v *vocabulary) check(actor string, a Action) error {
	key := namedAction{actor: actor, op: a.Op}
	copy(key.imm[:], a.Imm)
	err, known := v.checked[key]
	if !known {
		err = v.find(actor, a)
		v.checked[key] = err
	}
	return err
}

func (v *vocabulary) find(actor string, a Action) error {
	op, _ := v.world.op(a.Op)
	for i, kind := range op.imm {
		if err := v.checkImmediate(kind, a.Imm[i], actor); err != nil {
			return fmt.Errorf("%s: %w", a.Op, err)
		}
	}
	return v.world.validateAction(actor, a)
}

// checkImmediate wants a word of a kind.
func (v *vocabulary) checkImmediate(kind immediate, word, actor string) error {
	switch kind {
	case immAsync:
		return oneOf(word, "async", "sync")
	case immCancellable:
		return oneOf(word, "cancellable", "uncancellable")
	case immCore:
		return oneOf(word, "i32", "i64")
	case immResource:
		if _, known := v.resources[word]; !known {
			return unknownName("resource", word, v.world.resourceList())
		}
	case immFunc:
		return v.checkFunc(word, actor)
	case immType:
		_, err := parseType(word, v.resources)
		return err
	case immTypes:
		_, err := v.world.types(word)
		return err
	}
	return nil
}

// checkFunc wants a function that the actor can call.
func (v *vocabulary) checkFunc(word, actor string) error {
	known := v.world.functionNames()
	if actor != Host {
		known = v.world.imported(actor)
	}
	switch {
	case v.world.Func(word) == nil:
		return unknownName("function", word, known)
	case !slices.Contains(known, word):
		return fmt.Errorf("instance %s imports no function %q%s", actor, shorten(word), namesNear(word, known))
	}
	return nil
}

// imported are the functions that an instance imports.
func (w *World) imported(instance string) []string {
	var names []string
	for _, i := range w.Imports {
		if i.Instance == instance {
			names = append(names, i.Func)
		}
	}
	return names
}

func oneOf(word string, words ...string) error {
	if !slices.Contains(words, word) {
		return unknownName("word", word, words)
	}
	return nil
}

// reservedNames are those that no function of an instance may have, since other core code has them: "A.thread", "A.realloc", and for a
// resource A, "A.dtor". Those of a function's own core code have two dots, "A.run.callback".
var reservedNames = []string{"dtor", "realloc", "thread"}

// actorEntering is the instance, or the host, that is entered under a name: that of a function, its callback or post-return function,
// the function of a thread, a guest's realloc, a destructor, or what the host does when it is asked for; empty: nothing is entered
// under that name.
func (w *World) actorEntering(name string) string {
	for _, f := range w.Funcs {
		if name == f.Name || f.Lift == "callback" && name == f.Name+".callback" || f.PostReturn && name == f.Name+".post-return" ||
			f.Instance() == Host && name == f.Name+".cancel" {
			return f.Instance()
		}
	}
	for _, i := range w.Instances {
		if name == i.Name+".thread" || i.Realloc == "guest" && name == i.Name+".realloc" {
			return i.Name
		}
	}
	for _, r := range w.Resources {
		if r.Dtor && name == r.Name+".dtor" {
			return r.Impl
		}
	}
	if slices.Contains(sharedNames, name) {
		return Host
	}
	return ""
}

// sharedNames are those under which the host is entered for a stream or future that it implements.
var sharedNames = []string{"stream.read", "future.read", "shared.cancel", "shared.drop"}
