package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// A litmusChecker checks the lines and claims of a litmus, whether or not a way comes to them.
type litmusChecker struct {
	*Litmus
	run   *Run
	names map[string][]litmusResult // what each name stands for, by the lines that bind it
}

// checkLines wants actions of those who can take them, with words that the world knows, and within the rules of validation; names for values
// that come back; and claims about values of the right kind.
func (l *Litmus) checkLines() error {
	c := &litmusChecker{l, NewRun(l.World, spec.Options{Variant: l.Variant}, nil), map[string][]litmusResult{}}
	defer c.run.Close()
	for _, name := range sortedKeys(l.Programs) {
		if err := c.program(l.Programs[name]); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(l.Programs) {
		for _, line := range l.Programs[name].Lines {
			if err := c.terms(line.Number, line.If); err != nil {
				return err
			}
		}
	}
	for _, claim := range l.Claims {
		if err := c.terms(claim.Number, claim.Terms); err != nil {
			return err
		}
	}
	return nil
}

// activation is an activation of a program.
func (c *litmusChecker) activation(p *Program) *Activation {
	of, _, _ := strings.Cut(p.Name, "#")
	at := &Activation{Actor: cmp.Or(c.World.actorEntering(of), of), Name: of, Kind: c.kindOf(of)}
	at.inst = c.run.instances[at.Actor]
	return at
}

// kindOf is why code of a program runs.
func (c *litmusChecker) kindOf(name string) ActivationKind {
	f := c.World.Func(name)
	instance, what, _ := strings.Cut(name, ".")
	switch {
	case name == Host:
		return KindHost
	case slices.Contains(sharedNames, name):
		return KindHostShared
	case f != nil && f.Instance() == Host:
		return KindHostFunc
	case f != nil:
		return KindFunc
	case instance == Host:
		return KindHostCancel
	case strings.HasSuffix(name, ".callback"):
		return KindCallback
	case strings.HasSuffix(name, ".post-return"):
		return KindPostReturn
	case what == "realloc":
		return KindRealloc
	case what == "dtor":
		return KindDtor
	case what == "":
		return KindFunc // whichever acts next
	}
	return KindThread
}

// program checks the lines of a program.
func (c *litmusChecker) program(p *Program) error {
	at := c.activation(p)
	if len(p.Args) > 0 {
		if err := c.bind(p.Number, p.Args, c.arguments(c.run, at)); err != nil {
			return err
		}
	}
	for _, line := range p.Lines {
		if err := c.choice(line, at); err != nil {
			return fmt.Errorf("line %d, in %s: %w", line.Number, p.Name, err)
		}
	}
	return nil
}

// choice checks the alternatives of a line. For each of its names, one of them gives a value.
func (c *litmusChecker) choice(line ProgramLine, at *Activation) error {
	most := 0
	for _, one := range line.Actions {
		values, err := c.line(one, at)
		if err != nil {
			return err
		}
		most = max(most, values)
	}
	if len(line.Actions) > 0 && len(line.Actions[0].Binds) > most {
		return tooManyNames(line.Actions[0].Binds, most)
	}
	return nil
}

// bind notes what names stand for.
func (c *litmusChecker) bind(number int, names []string, results []litmusResult) error {
	if len(names) > len(results) {
		return fmt.Errorf("line %d: %w", number, tooManyNames(names, len(results)))
	}
	for i, name := range names {
		c.names[name] = append(c.names[name], results[i])
	}
	return nil
}

// line says why an activation can never take the action of a line, whatever its numbers; and otherwise, how many values come back for names.
func (c *litmusChecker) line(l Line, at *Activation) (values int, err error) {
	if l.Text == wordTicks && at.Kind != KindHost {
		return 0, fmt.Errorf("%s stands under \"in host\": nobody ticks while code runs", wordTicks)
	}
	if l.Text == wordSkip || l.Text == wordTicks {
		return 0, nil
	}
	words := strings.Fields(l.Text)
	plain, _ := plainWords(withoutMade(words))
	a, err := c.World.parseAction(plain)
	switch {
	case err != nil:
		return 0, err
	case !a.isFor(at):
		return 0, fmt.Errorf("%s is not for %s", a.Op, at.Actor)
	}
	if err := c.run.vocabulary.check(at.Actor, a); err != nil {
		return 0, err
	}
	if err := c.hostValues(a, words); err != nil {
		return 0, err
	}
	results, known := c.resultsOf(c.run, at, a)
	if !known {
		results = slices.Repeat([]litmusResult{{kinds: ofValue | ofCall}}, len(l.Binds))
	}
	for i, name := range l.Binds[:min(len(l.Binds), len(results))] {
		c.names[name] = append(c.names[name], results[i])
	}
	return len(results), nil
}

// hostValues wants values of their types where the host calls an export, and streams or futures where words make some.
func (c *litmusChecker) hostValues(a Action, words []string) error {
	for i, w := range words {
		if name, what, _, is := streamName(w); is {
			if a.Op != opInvoke {
				return fmt.Errorf("%s: only the arguments of invoke make a stream or future", w)
			}
			c.names[name] = append(c.names[name], litmusResult{kinds: ofCall})
			if ts := c.run.funcs[a.Imm[0]].ft.Params; i-2 < len(ts) && what != strings.SplitN(typeText(ts[i-2]), "<", 2)[0] {
				return fmt.Errorf("%s: the parameter is %s", w, typeText(ts[i-2]))
			}
		}
	}
	if a.Op != opInvoke {
		return nil
	}
	return checkInvoke(a, c.run, nil)
}

// terms wants values of the kinds that their names stand for.
func (c *litmusChecker) terms(number int, terms []Term) error {
	for i := range terms {
		t := &terms[i]
		if t.Name == "" || strings.HasPrefix(t.Value, "$") || len(c.names[t.Name]) == 0 {
			continue
		}
		if err := c.term(t); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	return nil
}

// term wants a value of a kind that the name stands for.
func (c *litmusChecker) term(t *Term) error {
	var kinds valueKind
	for _, result := range c.names[t.Name] {
		kinds |= result.kinds
		if result.encoding != "" {
			t.encoding = result.encoding
		}
	}
	if kindsOfWord(t.Value)&kinds == 0 {
		return fmt.Errorf("%s is never %s: it is %s", t.Name, t.Value, kinds)
	}
	for _, result := range c.names[t.Name] {
		if result.typed && result.kinds&ofValue != 0 && kindsOfWord(t.Value)&kinds&^ofValue == 0 {
			return c.typed(t, result.t)
		}
	}
	return nil
}

// typed wants a value of a type, and writes it as that of an outcome is written.
func (c *litmusChecker) typed(t *Term, of spec.ValType) error {
	v, err := valueOfWord(of, t.Value)
	switch {
	case err != nil && of == nil:
		return fmt.Errorf("%s is never %s: the call has no result, so that it is (), or %s if the call is cancelled", t.Name, t.Value, endCancelled)
	case err != nil:
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	t.want = c.run.literalOf(of, v).word()
	return nil
}
