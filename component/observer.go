package component

import (
	"strings"

	"cabi/spec"
)

// An Observer is notified of calls of built-ins and lowered functions by core code, and of calls of core code by the specification, each
// when it begins and when it returns. A call that is stopped does not return.
type Observer interface {
	Invokes(f *Func, args []spec.Value)      // the host is about to call an export
	Drops(rt *spec.ResourceType, rep uint32) // the host is about to drop a resource
	Ticks()                                  // the host is about to let a thread go on
	Answers(f *Func, results []spec.Value)   // a HostFunc, or plain Go function, is about to return these to its caller
	Answered(f *Func)                        // it has returned them
	Begins(c *CoreCall)
	Ends(c *CoreCall)
	Enters(e *Entry, args []spec.CoreValue)
	Leaves(e *Entry, results []spec.CoreValue)
}

// A CoreCall is a call of a built-in or lowered function by core code. It has Results when it ends.
type CoreCall struct {
	*Builtin
	Args, Results []spec.CoreValue
}

// A Builtin is a canonical built-in or lowered function that core code of an instance can call, with what its definition says.
type Builtin struct {
	Instance    *spec.ComponentInstance
	Name        string                 // "stream.read", or "lower" for a lowered function
	Func        *Func                  // that is lowered; nil: this is a built-in
	Resource    *spec.ResourceType     // of resource.new, resource.drop and resource.rep
	Payload     spec.ValType           // of a stream or future; nil: it has none
	Results     []spec.ValType         // of task.return
	Async       bool                   // of lower, a copy or a cancellation
	Cancellable bool                   // of what waits or switches threads
	Core        spec.CoreType          // of context.get, context.set and thread.new-indirect
	Slot        uint32                 // of context.get and context.set
	Options     *spec.CanonicalOptions // with an observer, those of the definition; otherwise nil
}

// String is the name and the type that it is about: "stream.read u8", or of a lowered function, "the import hello".
func (b *Builtin) String() string {
	switch {
	case b.Func != nil && b.Func.Name == "":
		return "an import"
	case b.Func != nil:
		return "the import " + b.Func.Name
	case b.Resource != nil:
		return b.Name + " " + b.Resource.Name
	case strings.HasPrefix(b.Name, "stream.") || strings.HasPrefix(b.Name, "future."):
		return b.Name + " " + spec.TypeName(b.Payload)
	}
	return b.Name
}

// An Entry is a core function that the specification calls.
type Entry struct {
	Instance *spec.ComponentInstance
	Func     *Func              // that is lifted, or whose callback or post-return it is; nil: it is none of these
	Resource *spec.ResourceType // whose destructor it is
	Role     string             // "", "callback", "post-return", "dtor", "realloc" or "thread"
}

// entered is f, of whose calls the observer knows.
func (l *linker) entered(e *Entry, f spec.CoreFunc) spec.CoreFunc {
	observer := l.run.options.Observer
	if observer == nil || f == nil {
		return f
	}
	return func(args []spec.CoreValue) []spec.CoreValue {
		observer.Enters(e, args)
		results := f(args)
		observer.Leaves(e, results)
		return results
	}
}

// describe is what the definition of a built-in says.
func (l *linker) describe(d *canonDef) *Builtin {
	b := &Builtin{Name: d.op.String(), Async: d.opts.async || d.flag, Cancellable: d.flag, Slot: d.n}
	if l.run.options.Observer != nil {
		b.Options = l.options(d.opts)
		if d.op == waitableSetWait || d.op == waitableSetPoll {
			b.Options.Memory = l.memory(d.memory)
		}
	}
	switch {
	case d.op == resourceNew || d.op == resourceDrop || d.op == resourceRep:
		b.Resource = l.resource(l.enclosed, d.index)
	case d.op >= streamNew && d.op <= futureDropWritable:
		switch t := l.enclosed.types[d.index].(type) {
		case *spec.StreamType:
			b.Payload = t.T
		case *spec.FutureType:
			b.Payload = t.T
		}
	case d.op == taskReturn:
		b.Results = l.resultType(l.enclosed, d.result)
	case d.op == threadNewIndirect:
		b.Core, _ = l.enclosed.coreTypes[d.index].fn.params[0].number()
	case d.op == contextGet || d.op == contextSet:
		b.Core, _ = d.core.number()
	}
	return b
}
