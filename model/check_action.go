package model

import (
	"fmt"
	"slices"
)

// check says what keeps an action from being done in an activation, if anything, before it is done: it is the host's and
// a guest is to do it, or an operand names what the world does not have.
func (a Action) check(r *Run, at *Activation) error {
	if hostOps[a.Op] != (at.Kind == KindHost) {
		return fmt.Errorf("%s is not for %s", a.Op, at.Actor)
	}
	for i, kind := range ops[a.Op].imm {
		if err := checkImmediate(kind, a.Imm[i], r, at); err != nil {
			return fmt.Errorf("%s: %w", a.Op, err)
		}
	}
	switch a.Op {
	case opInvoke:
		return a.checkCount(len(r.funcs[a.Imm[0]].ft.Params))
	case opCancel:
		if n(a, 0) >= uint64(len(r.calls)) {
			return fmt.Errorf("the host has made only %d calls", len(r.calls))
		}
	}
	return nil
}

func (a Action) checkCount(want int) error {
	if len(a.Args) != want {
		return fmt.Errorf("%s takes %d values, got %d", a.template(), want, len(a.Args))
	}
	return nil
}

// hostOps are the actions of the host.
var hostOps = map[string]bool{opInvoke: true, opTick: true, opCancel: true, opStop: true}

func checkImmediate(kind immediate, word string, r *Run, at *Activation) error {
	switch kind {
	case immAsync:
		return oneOf(word, "async", "sync")
	case immCancellable:
		return oneOf(word, "cancellable", "uncancellable")
	case immCore:
		return oneOf(word, "i32", "i64")
	case immResource:
		if _, ok := r.resources[word]; !ok {
			return fmt.Errorf("unknown resource %q", word)
		}
	case immFunc:
		return checkFunc(word, r, at)
	case immType:
		_, err := r.parseType(word)
		return err
	case immTypes:
		_, err := r.parseTypes(word)
		return err
	}
	return nil
}

func checkFunc(word string, r *Run, at *Activation) error {
	if at.Kind == KindHost {
		if _, ok := r.funcs[word]; !ok {
			return fmt.Errorf("unknown function %q", word)
		}
	} else if _, ok := at.inst.imports[word]; !ok {
		return fmt.Errorf("instance %s imports no function %q", at.Actor, word)
	}
	return nil
}

func oneOf(word string, words ...string) error {
	if !slices.Contains(words, word) {
		return fmt.Errorf("%q is none of %v", word, words)
	}
	return nil
}
