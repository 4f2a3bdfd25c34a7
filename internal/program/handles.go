package program

import (
	"fmt"
	"strconv"
	"strings"

	"cabi/component"
	"cabi/spec"
)

// handles are the resources that the host was given by exports: text names them #1, #2 and so on, in the order in which they came.
type handles struct{ all []*handle }

type handle struct {
	rt   *spec.ResourceType
	rep  spec.Int
	gone bool // it was dropped, or given away
}

// received is a value that an export returned, its handles named.
func (h *handles) received(t spec.ValType, v spec.Value) spec.Value {
	named, _ := component.MapHandles(t, v, func(t spec.ValType, rep spec.Int) (spec.Int, error) {
		h.all = append(h.all, &handle{rt: resourceOf(t), rep: rep})
		return spec.IntOf(int64(len(h.all))), nil
	})
	return named
}

// passed is an argument that names handles, as the value that is passed. The host owns no longer what it passes to own.
func (h *handles) passed(t spec.ValType, v spec.Value) (spec.Value, error) {
	return component.MapHandles(t, v, func(t spec.ValType, n spec.Int) (spec.Int, error) {
		i, _ := n.Uint64()
		handle, err := h.get(i)
		if err != nil {
			return n, err
		}
		if handle.rt != resourceOf(t) {
			return n, fmt.Errorf("#%d is a handle of %s, not of %s", i, handle.rt.Name, resourceOf(t).Name)
		}
		if _, own := t.(*spec.OwnType); own {
			handle.gone = true
		}
		return handle.rep, nil
	})
}

func (h *handles) get(n uint64) (*handle, error) {
	switch {
	case n == 0 || n > uint64(len(h.all)):
		return nil, fmt.Errorf("there is no handle #%d: the calls before returned %d", n, len(h.all))
	case h.all[n-1].gone:
		return nil, fmt.Errorf("the handle #%d was dropped or given away before", n)
	}
	return h.all[n-1], nil
}

// drop drops a handle, named as text.
func (h *handles) drop(run *component.Run, text string) error {
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 10, 32)
	if err != nil || text[0] != '#' {
		return &InputError{fmt.Sprintf("%q is no handle: they are written #1, #2 and so on", text)}
	}
	handle, err := h.get(n)
	if err != nil {
		return &InputError{err.Error()}
	}
	return handle.drop(run)
}

func (h *handle) drop(run *component.Run) error {
	h.gone = true
	rep, _ := h.rep.Uint64()
	return run.Drop(h.rt, uint32(rep))
}

// dropAll drops all that are there.
func (h *handles) dropAll(run *component.Run) error {
	for _, handle := range h.all {
		if handle.gone {
			continue
		}
		if err := handle.drop(run); err != nil {
			return err
		}
	}
	return nil
}

func resourceOf(t spec.ValType) *spec.ResourceType {
	if own, ok := t.(*spec.OwnType); ok {
		return own.Rt
	}
	return t.(*spec.BorrowType).Rt
}
