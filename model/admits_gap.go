package model

import (
	"fmt"
	"slices"
	"strings"
)

// This file says what may happen in a gap of a log: the actions of the world's menus, and beside them, since a world that a log defines
// has few menus or none, those that the log itself has of the same actor, calls of imports, the end of a task, a yield, by which it blocks
// for a while, and the host's tick.

// gapMenus adds these actions to the menus of the search's runs.
func (s *admitSearch) gapMenus() error {
	if s.menusMade {
		return nil
	}
	s.menusMade = true
	if err := s.log.ReadAll(); err != nil {
		return err
	}
	c, w := s.compiled, s.log.World
	s.addToMenu(c, Action{Op: opTick}, Host)
	for _, i := range w.Imports {
		s.addToMenu(c, Action{Op: opCall, Imm: []string{i.Func}}, i.Instance)
	}
	for _, f := range w.Funcs {
		if f.Lift == "stackful" || f.Lift == "callback" {
			s.addToMenu(c, Action{Op: "task.return", Imm: []string{fmt.Sprintf("(%s)", strings.Join(f.Results, ","))}}, f.Instance())
			s.addToMenu(c, Action{Op: "thread.yield", Imm: []string{"uncancellable"}}, f.Instance())
		}
	}
	for _, l := range s.log.Lines {
		if l.Kind == LineAction {
			words, _ := plainWords(strings.Fields(l.Text))
			s.addToMenu(c, must(w.parseAction(words)), l.Actor)
		}
	}
	return nil
}

// addToMenu adds an action, with any numbers, to all menus of an actor.
func (s *admitSearch) addToMenu(c *compiledWorld, a Action, actor string) {
	if a.Op == opReturn || a.Op == opThrow || a.Op == opStop {
		return
	}
	if _, has := c.menus[actor]; !has {
		c.menus[actor] = nil
	}
	for name := range c.menus {
		if s.log.World.actorOf(name) == actor && !slices.ContainsFunc(c.menus[name], func(t *template) bool { return t.action.template() == a.template() }) {
			c.menus[name] = append(c.menus[name], c.addTemplate(name, Action{Op: a.Op, Imm: a.Imm}))
		}
	}
}

// gapEdges are the actions of the menu, for the gap that the run is in.
func (a *admitRun) gapEdges(r *Run, at *Activation, n *admitNode) []*admitEdge {
	if a.err = a.gapMenus(); a.err != nil {
		return nil
	}
	bounds := a.log.World.Bounds
	bounds.Steps = 0
	var edges []*admitEdge
	for _, m := range r.appendMenu(nil, at, bounds, RightClassIndex) {
		edges = append(edges, &admitEdge{from: n, action: m.Action, line: n.pos, inGap: true, cost: n.by.cost + 1})
	}
	if n.used == a.Gap {
		a.Cut = a.Cut || len(edges) > 0
		return nil
	}
	return edges
}
