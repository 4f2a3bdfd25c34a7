package engine

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"cabi/internal/nearest"
	"cabi/internal/python"
	"cabi/internal/pyworld"
)

// This file says what of a definitions.py engine.py calls, and where a version has it in another way. Such a difference is never a
// finding about the specification.

// A Mismatch says that a definitions.py cannot be run, because it is not as engine.py calls it.
type Mismatch struct{ What string }

func (m *Mismatch) Error() string { return m.What }

// methods are the methods that engine.py calls, with their arguments.
var methods = []struct{ class, name, args string }{
	{"Store", "invoke", "f, on_start, on_resolve"}, {"Store", "tick", ""}, {"Store", "lift", "callee, ft, opts, inst"},
	{"Store", "lower", "callee, ft, opts, caller_inst"},
}

// fits returns an error unless engine.py can call what it calls in every run.
func (m *Machine) fits() error {
	for _, call := range methods {
		v, _ := m.Definitions.Get(call.class)
		class, ok := v.(*python.Class)
		if !ok {
			return m.mismatch(0, "class %s is gone", call.class)
		}
		v, _ = class.Attr(call.name)
		n := counted(call.args) + 1 // self
		if call.name == "invoke" && m.invokedByCaller() {
			n++
		}
		switch f, ok := v.(*python.Function); {
		case !ok:
			return m.mismatch(0, "%s.%s is gone, which the host calls: %s(%s)", call.class, call.name, call.name, call.args)
		case !python.Takes(f, n):
			return m.mismatch(f.Code().Line(), "%s.%s(%s) cannot be called as the host does: %s(%s)", call.class, call.name,
				strings.Join(f.Code().Params(), ", "), call.name, call.args)
		}
	}
	return nil
}

// invokedByCaller reports whether Store.invoke takes the caller as well, after the function: versions before d276ef5 have it so.
func (m *Machine) invokedByCaller() bool {
	v, _ := m.Definitions.Get("Store")
	store, ok := v.(*python.Class)
	if !ok {
		return false
	}
	v, _ = store.Attr("invoke")
	f, is := v.(*python.Function)
	return is && len(f.Code().Params()) == 5 && f.Code().Params()[2] == "caller"
}

// mismatch is a difference of the source, at a line; 0: at none.
func (m *Machine) mismatch(line int, format string, args ...any) *Mismatch {
	at := filepath.Base(m.Source.Name)
	if line > 0 {
		at = fmt.Sprintf("%s:%d", at, line)
	}
	return &Mismatch{fmt.Sprintf("%s: %s; cabi runs versions that have it so", at, fmt.Sprintf(format, args...))}
}

// counted is how many arguments a list of them has, with commas between them.
func counted(args string) int {
	if strings.TrimSpace(args) == "" {
		return 0
	}
	n, depth := 1, 0
	for _, c := range args {
		switch {
		case strings.ContainsRune("([{", c):
			depth++
		case strings.ContainsRune(")]}", c):
			depth--
		case c == ',' && depth == 0:
			n++
		}
	}
	return n
}

// An opCall is the call of a built-in that an action makes.
type opCall struct {
	op, function string
	args         int
}

var (
	opWord      = regexp.MustCompile(`'([\w.-]+)': lambda [^:]*:`)
	builtinCall = regexp.MustCompile(`D\.(canon_\w+)\(`)
)

// opCalls are the built-ins that actions call.
var opCalls = callsOf(pyworld.Source)

func callsOf(source string) (calls []opCall) {
	words := opWord.FindAllStringSubmatchIndex(source, -1)
	for i, w := range words {
		end := len(source)
		if i+1 < len(words) {
			end = words[i+1][0]
		}
		body := source[w[1]:end]
		if c := builtinCall.FindStringSubmatchIndex(body); c != nil {
			calls = append(calls, opCall{source[w[2]:w[3]], body[c[2]:c[3]], counted(inParentheses(body[c[1]:]))})
		}
	}
	return calls
}

// inParentheses is a text up to the parenthesis that closes one before it.
func inParentheses(s string) string {
	depth := 1
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			return s[:i]
		}
	}
	return s
}

// Gone says of each action whose built-in the version does not have, or has with other parameters, how that is.
func (m *Machine) Gone() map[string]string {
	gone := map[string]string{}
	for _, c := range opCalls {
		v, _ := m.Definitions.Get(c.function)
		switch f, ok := v.(*python.Function); {
		case v == nil:
			gone[c.op] = c.function + " is gone"
		case ok && !python.Takes(f, c.args):
			gone[c.op] = fmt.Sprintf("%s does not take %d arguments any more (%s:%d)", c.function, c.args, f.Code().File(), f.Code().Line())
		}
	}
	return gone
}

// MismatchOf is the mismatch that an exception is: it came up in a line of engine.py, and not in one of definitions.py, and is none that
// the host or a guest means; nil: it is none.
func (m *Machine) MismatchOf(e *python.Exception) *Mismatch {
	if len(e.Trace) == 0 || e.Trace[0].File != File || e.IsA("CoreWebAssemblyException") || e.Trace[0].Function == "Random.choice" {
		return nil
	}
	line := lineOfEngine(e.Trace[0].Line)
	if strings.HasPrefix(line, "raise ") { // engine.py says itself what is not there
		return &Mismatch{fmt.Sprintf("%s: %s", m.callerIn(e), e.Text())}
	}
	for _, of := range []func(line, text string) *Mismatch{m.goneOf, m.callOf} {
		if mismatch := of(line, e.Text()); mismatch != nil {
			return mismatch
		}
	}
	return &Mismatch{fmt.Sprintf("%s is not as cabi calls it: `%s` ends with %s: %s", m.callerIn(e), line, e.Class().Name(), e.Text())}
}

// callerIn is the line of definitions.py that an exception went through first; without one, the file.
func (m *Machine) callerIn(e *python.Exception) string {
	at := filepath.Base(m.Source.Name)
	for _, p := range e.Trace {
		if p.File != File {
			return fmt.Sprintf("%s:%d, in %s", at, p.Line, Plain(p.Function))
		}
	}
	return at
}

// What exceptions say that come up because a name is gone, or a function has other parameters.
var (
	noName     = regexp.MustCompile(`^module 'definitions' has no attribute '(\w+)'`)
	noAttr     = regexp.MustCompile(`^(?:type object )?'(\w+)'(?: object)? has no attribute '(\w+)'`)
	wrongCount = regexp.MustCompile(`^([\w.]+)\(\) (?:takes|missing|got)`)
)

// goneOf is the mismatch of a name that is gone, by what an exception says; nil: it says something else.
func (m *Machine) goneOf(line, text string) *Mismatch {
	if found := noName.FindStringSubmatch(text); found != nil {
		return m.mismatch(0, "%s is gone, which the host uses%s%s", found[1], asCalled(line, found[1]), nearest.Hint(found[1], m.definedNames()))
	}
	if found := noAttr.FindStringSubmatch(text); found != nil {
		v, _ := m.Definitions.Get(found[1])
		class, ok := v.(*python.Class)
		if !ok {
			return nil
		}
		return m.mismatch(class.Line(), "%s.%s is gone, which the host uses%s", found[1], found[2], asCalled(line, found[2]))
	}
	return nil
}

// definedNames are the names that definitions.py has.
func (m *Machine) definedNames() []string {
	return slices.DeleteFunc(m.Definitions.Names(), func(name string) bool { return strings.HasPrefix(name, "__") })
}

// callOf is the mismatch of a call with other arguments than a function takes, by what an exception says; nil: it says something else.
func (m *Machine) callOf(line, text string) *Mismatch {
	found := wrongCount.FindStringSubmatch(text)
	if found == nil {
		return nil
	}
	f := m.function(found[1])
	if f == nil {
		return nil
	}
	class, name, _ := strings.Cut(found[1], ".")
	if name == "" || name == "__init__" {
		name = class
	}
	return m.mismatch(f.Code().Line(), "%s(%s) cannot be called as the host does%s", found[1], strings.Join(f.Code().Params(), ", "), asCalled(line, name))
}

// function is a function or method of definitions.py by its name; nil: there is none.
func (m *Machine) function(name string) *python.Function {
	class, method, _ := strings.Cut(name, ".")
	v, _ := m.Definitions.Get(class)
	if c, ok := v.(*python.Class); ok {
		v, _ = c.Attr(method)
	}
	f, _ := v.(*python.Function)
	return f
}

// asCalled is how a line of engine.py calls something, after a colon; "": it does not call it.
func asCalled(line, name string) string {
	_, args, calls := strings.Cut(line, name+"(")
	if !calls {
		return ""
	}
	return fmt.Sprintf(": %s(%s)", name, strings.ReplaceAll(inParentheses(args), "D.", ""))
}

// lineOfEngine is a line of engine.py.
func lineOfEngine(n int) string {
	lines := strings.Split(pyworld.Source+engineSource, "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[n-1])
}

// fitting is an error, as a mismatch if it is one.
func (m *Machine) fitting(err error) error {
	if e, ok := err.(*python.Exception); ok {
		if mismatch := m.MismatchOf(e); mismatch != nil {
			return mismatch
		}
	}
	return err
}
