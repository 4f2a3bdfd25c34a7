package model

import (
	"fmt"
	"slices"
	"strings"
)

// A block is an if whose branch the lines that follow may stand in.
type block struct {
	opened  int // its number, from 1
	number  int // of its line in the file
	indent  int // of its line; those of its branches are indented deeper
	at      int // the place of its condition in the program
	jump    int // the place of the jump at the end of its first branch, if it is in its second
	begin   int // the place at which the branch begins
	inElse  bool
	oneLine bool // the branch stood behind a colon
}

// ifLine reads "if CONDITION" or "if CONDITION: action".
func (p *litmusParser) ifLine(indent int, words []string) error {
	if err := p.closeBlocks(indent); err != nil {
		return err
	}
	return p.open(indent, words)
}

// open opens the block of an if.
func (p *litmusParser) open(indent int, words []string) error {
	if p.in == nil {
		return fmt.Errorf("who does this? Write \"in FUNCTION\" above the if")
	}
	if n := len(p.blocks); n > 0 && p.blocks[n-1].oneLine && indent > p.blocks[n-1].indent {
		return fmt.Errorf("it is indented below the if of line %d, which has its line behind the colon already", p.blocks[n-1].number)
	}
	condition, line := words, []string(nil)
	if at := slices.IndexFunc(words, func(w string) bool { return strings.HasSuffix(w, ":") }); at >= 0 {
		condition, line = append(slices.Clone(words[:at]), strings.TrimSuffix(words[at], ":")), words[at+1:]
	}
	terms, err := p.terms(condition)
	if err != nil {
		return err
	}
	for _, t := range terms {
		action, took := t.took()
		if t.Name == "" && !took {
			return fmt.Errorf("an if is about values that came back, as in \"if $r = blocked\", or alternatives, as in \"if took ACTION\", not %q", t)
		}
		if took {
			p.litmus.tracked[action] = true
		}
	}
	p.opened++
	at := len(p.in.Lines)
	p.in.Lines = append(p.in.Lines, ProgramLine{Number: p.number, If: terms})
	p.blocks = append(p.blocks, block{opened: p.opened, number: p.number, indent: indent, at: at, begin: at + 1})
	return p.behindColon(indent, line)
}

// behindColon reads the line of a branch that stands behind a colon, if one does.
func (p *litmusParser) behindColon(indent int, words []string) error {
	if len(words) == 0 {
		return nil
	}
	if err := p.program(indent, words); err != nil {
		return err
	}
	p.blocks[len(p.blocks)-1].oneLine = true
	return nil
}

// elseLine reads "else", "else: action" or "else if CONDITION".
func (p *litmusParser) elseLine(indent int, words []string) error {
	if err := p.closeBlocks(indent + 1); err != nil {
		return err
	}
	n := len(p.blocks)
	if n == 0 || p.blocks[n-1].indent != indent || p.blocks[n-1].inElse {
		return fmt.Errorf("no if stands above this else, indented as it is")
	}
	b := &p.blocks[n-1]
	if len(p.in.Lines) == b.begin {
		return p.empty(*b)
	}
	b.jump = len(p.in.Lines)
	p.in.Lines = append(p.in.Lines, ProgramLine{Number: p.number})
	p.in.Lines[b.at].Else = len(p.in.Lines)
	b.begin, b.inElse, b.oneLine, b.number = len(p.in.Lines), true, false, p.number
	switch rest := words[1:]; {
	case words[0] == "else" && len(rest) > 0 && rest[0] == "if":
		return p.open(indent, rest[1:])
	case words[0] == "else" && len(rest) > 0:
		return fmt.Errorf("behind else stands nothing, a colon and an action, or an if")
	default:
		return p.behindColon(indent, rest)
	}
}

// closeBlocks closes the blocks that a line of an indentation does not stand in.
func (p *litmusParser) closeBlocks(indent int) error {
	for n := len(p.blocks); n > 0 && p.blocks[n-1].indent >= indent; n-- {
		b := p.blocks[n-1]
		end := len(p.in.Lines)
		if b.begin == end {
			return p.empty(b)
		}
		if b.inElse {
			p.in.Lines[b.jump].Else = end
		} else {
			p.in.Lines[b.at].Else = end
		}
		p.blocks = p.blocks[:n-1]
	}
	return nil
}

// empty is the error of a branch without a line. It names the line that begins the branch.
func (p *litmusParser) empty(b block) error {
	p.number = b.number
	return fmt.Errorf("nothing stands under it: indent the lines of the branch deeper than its if")
}

// isJump reports whether a line of a program only jumps, from the end of the first branch of an if past the second.
func (l ProgramLine) isJump() bool { return l.Actions == nil && l.If == nil }

// ends reports whether no line comes after one, since whichever action is taken ends the call, or the run.
func (l ProgramLine) ends() bool {
	return len(l.Actions) > 0 && !slices.ContainsFunc(l.Actions, func(one Line) bool {
		op, _, _ := strings.Cut(one.Text, " ")
		return op != opReturn && op != opThrow && op != opStop
	})
}

// checkReached wants that each line of a program can be come to. The calls of an instance take the lines of its own program in turn, so
// that a call goes on there where another has returned.
func (p *Program) checkReached() error {
	if p.shared {
		return nil
	}
	reached := make([]bool, len(p.Lines)+1)
	reached[0] = true
	before := 0 // the last line that ends the call
	for i, l := range p.Lines {
		switch {
		case !reached[i] && !l.isJump():
			return fmt.Errorf("line %d: nothing comes to it, since %s ends at line %d", l.Number, p.Name, before)
		case !reached[i]:
		case l.isJump():
			reached[l.Else] = true
		case l.If != nil:
			reached[i+1], reached[l.Else] = true, true
		case l.ends():
			before = l.Number
		default:
			reached[i+1] = true
		}
	}
	return nil
}
