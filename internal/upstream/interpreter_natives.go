package upstream

import (
	"fmt"
	"slices"
	"strings"

	"cabi/internal/python"
)

type native = func(m *python.Machine, args []python.Value) (python.Value, error)

// natives are the functions that engine.py calls and does not define. Of what it tells, some is of use to a model's run alone.
func (p *interpreter) natives() map[string]native {
	nothing := func(*python.Machine, []python.Value) (python.Value, error) { return nil, nil }
	told := func(f func(args []python.Value) error) native {
		return func(_ *python.Machine, args []python.Value) (python.Value, error) { return nil, f(args) }
	}
	return map[string]native{
		"ask":       p.ask,
		"enter":     told(p.enter),
		"choose":    func(_ *python.Machine, args []python.Value) (python.Value, error) { return p.choose(args[0].(int)) },
		"draw_bits": p.drawBits,
		"shuffle":   told(p.shuffle),
		"in_order":  inOrder,
		"allocate":  p.allocate,
		"arity":     func(_ *python.Machine, args []python.Value) (python.Value, error) { return python.Arity(args[0]), nil },
		"passed":    told(p.passed),
		"word_value": func(_ *python.Machine, args []python.Value) (python.Value, error) {
			return nil, fmt.Errorf("%v: a value in words is not for the interpreter", args[1])
		},
		"resolved":     nothing,
		"came_back":    nothing,
		"host_called":  nothing,
		"cancel_asked": nothing,
		"shared_index": func(_ *python.Machine, args []python.Value) (python.Value, error) { return p.sharedIndex(args[0]), nil },
		"shared_at":    p.sharedAt,
		"made":         nothing,
		"pending":      nothing,
		"cancelling":   nothing,
		"copying":      nothing,
		"copied":       told(func(args []python.Value) error { return p.add(fmt.Sprintf("h copied %v", args[0])) }),
		"copy_done":    told(p.copyDone),
		"reclaimed":    told(func(args []python.Value) error { return p.add(fmt.Sprintf("h reclaimed %v", args[0])) }),
	}
}

// enter is told that core code, or the host, is called.
func (p *interpreter) enter(args []python.Value) error {
	return p.addCores("( "+p.actorAt(args[1])+" "+args[2].(string), args[3].(*python.List).Items())
}

func (p *interpreter) drawBits(_ *python.Machine, args []python.Value) (python.Value, error) {
	k := args[0].(int)
	got := p.play()
	if k < 64 {
		got &= 1<<k - 1
	}
	return python.Integer(got), p.add(fmt.Sprintf("b %s %d %d", p.asker(), k, got))
}

func (p *interpreter) shuffle(args []python.Value) error {
	list := args[0].(*python.List).Items()
	for i := len(list) - 1; i > 0; i-- {
		j, err := p.choose(i + 1)
		if err != nil {
			return err
		}
		list[i], list[j] = list[j], list[i]
	}
	return nil
}

// inOrder are threads in the order in which they were made.
func inOrder(_ *python.Machine, args []python.Value) (python.Value, error) {
	threads := slices.Clone(args[0].(*python.List).Items())
	serial := func(v python.Value) int {
		if x, ok := v.(*python.Instance); ok {
			return nodeOf(x).serial
		}
		return 0
	}
	slices.SortStableFunc(threads, func(a, b python.Value) int { return serial(a) - serial(b) })
	return python.NewList(threads...), nil
}

// allocate is the address of a new block of an instance, for its realloc.
func (p *interpreter) allocate(_ *python.Machine, args []python.Value) (python.Value, error) {
	place, alignment, size := args[0].(int), uint64(args[1].(int)), uint64(args[2].(int))
	ptr := (p.heaps[place] + alignment - 1) / alignment * alignment
	p.heaps[place] = ptr + size
	return python.Integer(ptr), nil
}

func (p *interpreter) sharedAt(_ *python.Machine, args []python.Value) (python.Value, error) {
	k := args[0].(int)
	if k < 0 || k >= len(p.shared) {
		return nil, fmt.Errorf("the host knows no stream or future %d", k)
	}
	return p.shared[k], nil
}

// copyDone is told of the end of a copy of the host's: the number of the stream or future, that of the result.
func (p *interpreter) copyDone(args []python.Value) error {
	results, _ := p.machine.Definitions.Get("CopyResult")
	v, err := p.machine.Call(results, args[1])
	if err != nil {
		return err
	}
	member, ok := v.(*python.EnumMember)
	if !ok {
		return fmt.Errorf("CopyResult(%v) is no member", args[1])
	}
	return p.add(strings.Join([]string{"h done", fmt.Sprint(args[0]), member.Name()}, " "))
}
