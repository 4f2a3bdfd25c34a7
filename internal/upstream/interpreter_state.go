package upstream

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"cabi/internal/engine"
	"cabi/internal/mirror"
	"cabi/internal/python"
	"cabi/spec"
)

// A stateWriter writes the whole state of a store of Python as text, as the class State of driver.py does under CPython. It reads the
// objects by the names of their fields; where one is gone, it says so.
type stateWriter struct {
	machine                       *engine.Machine
	run                           *python.Instance // of engine.py
	insts                         []*python.Instance
	memories                      []*python.Instance
	names                         []string      // of instances, in the order of the world
	handlers                      python.Value  // thread_local_handler
	typeName, funcName, valueText python.Value  // functions of world.py
	shared                        *python.Class // SharedBase
	kinds                         map[*python.Class]spec.StateKind
	b                             []byte
	epoch                         uint32
	counts                        [spec.StateKinds]int
	queue                         []*python.Instance
	unknown                       string // why the text is not that of the state: what this definitions.py has, and the pin does not; "": it is
}

// A node is what the writer knows of an object.
type node struct {
	epoch  uint32 // of the text in which it has a number
	number int
	serial int          // of a thread: in the order in which they were made
	begins python.Value // of a continuation that has not begun: the function that it begins with
	name   string       // of an instance; of a type, once it was written
}

// nodeOf is what the writer knows of an object.
func nodeOf(x *python.Instance) *node {
	n, ok := x.Tag().(*node)
	if !ok {
		n = &node{}
		x.SetTag(n)
	}
	return n
}

// How objects are written that have no number, besides the kinds of those that have one.
const (
	kindInstance     = spec.StateKinds + 1 + iota // by its name
	kindErrorContext                              // by its message
	kindHost                                      // is anything else
)

// kindsOfClasses are the kinds of the objects of exactly these classes of definitions.py.
var kindsOfClasses = map[string]spec.StateKind{
	"Thread": spec.StateThread, "Task": spec.StateTask, "ResourceHandle": spec.StateHandle, "Subtask": spec.StateSubtask, "WaitableSet": spec.StateSet, "MemInst": spec.StateMemory,
	"ReadableStreamEnd": spec.StateEnd, "WritableStreamEnd": spec.StateEnd, "ReadableFutureEnd": spec.StateEnd, "WritableFutureEnd": spec.StateEnd,
	"SharedStreamImpl": spec.StateStream, "SharedFutureImpl": spec.StateFuture, "ReadableBufferGuestImpl": spec.StateBuffer, "WritableBufferGuestImpl": spec.StateBuffer,
	"ComponentInstance": kindInstance, "ErrorContext": kindErrorContext,
}

var endNames = map[string]string{
	"ReadableStreamEnd": "readable stream end", "WritableStreamEnd": "writable stream end",
	"ReadableFutureEnd": "readable future end", "WritableFutureEnd": "writable future end",
}

func newStateWriter(m *engine.Machine) *stateWriter {
	w := &stateWriter{machine: m, kinds: map[*python.Class]spec.StateKind{}}
	w.handlers, _ = m.Definitions.Get("thread_local_handler")
	w.typeName, _ = m.Module.Get("type_name")
	w.funcName, _ = m.Module.Get("func_type_name")
	w.valueText, _ = m.Module.Get("value_text")
	for name, k := range kindsOfClasses {
		if v, ok := m.Definitions.Get(name); ok {
			if c, ok := v.(*python.Class); ok {
				w.kinds[c] = k
			}
		}
	}
	v, _ := m.Definitions.Get("SharedBase")
	w.shared, _ = v.(*python.Class)
	return w
}

// begin takes up the instances of a run.
func (w *stateWriter) begin(run *python.Instance) error {
	w.run, w.insts, w.memories, w.names = run, w.insts[:0], w.memories[:0], w.names[:0]
	instances, _ := w.field(run, "instances").(*python.Dict)
	for i, name := range instances.Keys() {
		g := instances.Values()[i].(*python.Instance)
		inst, ok := w.field(g, "inst").(*python.Instance)
		if !ok {
			return fmt.Errorf("engine.py has no instance for %v", name)
		}
		nodeOf(inst).name = name.(string)
		memory, _ := w.field(g, "memory").(*python.Instance)
		w.names, w.insts, w.memories = append(w.names, name.(string)), append(w.insts, inst), append(w.memories, memory)
	}
	return nil
}

// runningOn is the thread that runs on a fiber; nil: none does, since it is the host's.
func (w *stateWriter) runningOn(f, host *python.Fiber) python.Value {
	if f == host {
		return nil
	}
	local := f.Local(w.handlers)
	if local == nil {
		return nil
	}
	handler, _ := local.Get("value")
	if x, ok := handler.(*python.Instance); ok {
		return w.field(x, "current_thread")
	}
	return nil
}

// write writes the state while a thread runs; nil: none does. The text is good until the next is written.
func (w *stateWriter) write(running python.Value) []byte {
	w.epoch++
	w.b, w.counts, w.queue, w.unknown = w.b[:0], [spec.StateKinds]int{}, w.queue[:0], ""
	store, _ := w.field(w.run, "store").(*python.Instance)
	w.put("store depth=", w.field(store, "nesting_depth"))
	w.refs(" running=", running)
	w.list(" waiting=", w.field(store, "waiting"))
	w.put("\n")
	for _, inst := range w.insts {
		w.instance(inst)
	}
	for i := 0; i < len(w.queue); i++ { // it grows
		w.object(w.queue[i])
	}
	w.writeMemories()
	return w.b
}

// onlyMemories writes of the state the memories alone.
func (w *stateWriter) onlyMemories() []byte {
	w.b, w.unknown = w.b[:0], ""
	w.writeMemories()
	return w.b
}

func (w *stateWriter) writeMemories() {
	for i, m := range w.memories {
		if m == nil {
			continue
		}
		data, _ := w.field(m, "bytes").(*python.Bytearray)
		w.b = appendMemory(w.b, w.names[i], data.Data())
	}
}

// field is a field of an object; gone: it has none of that name.
func (w *stateWriter) field(x *python.Instance, name string) python.Value {
	if x == nil {
		return gone
	}
	if v, ok := x.Get(name); ok {
		return v
	}
	w.notKnown(x.Class().Name() + " has no " + name)
	return gone
}

// notKnown notes why the text is not that of the state, the first time.
func (w *stateWriter) notKnown(why string) {
	if w.unknown == "" {
		w.unknown = why
	}
}

type goneField struct{}

// gone is in the place of a field, or a variable of a closure, that there is not.
var gone = &goneField{}

// captured is the value of a variable of a closure.
func captured(f python.Value, name string) python.Value {
	if f, ok := f.(*python.Function); ok {
		if v, ok := f.Variable(name); ok {
			return v
		}
	}
	return gone
}

// text writes text, without making a value of Python of it as put does.
func (w *stateWriter) text(parts ...string) {
	for _, s := range parts {
		w.b = append(w.b, s...)
	}
}

// put writes text, numbers and members of enumerations as they are, and whatever else by its type.
func (w *stateWriter) put(parts ...python.Value) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			w.b = append(w.b, p...)
		case int:
			w.b = strconv.AppendInt(w.b, int64(p), 10)
		case bool:
			w.b = strconv.AppendInt(w.b, int64(toInt(p)), 10)
		case *big.Int:
			w.b = p.Append(w.b, 10)
		case *python.EnumMember:
			w.b = append(w.b, p.Name()...)
		default:
			w.notKnown(fmt.Sprintf("there is a %s where the pin has a number, a flag or a word", strings.TrimPrefix(fmt.Sprintf("%T", p), "*python.")))
			w.b = fmt.Appendf(w.b, "%T", p)
		}
	}
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// number writes a core value as the port does.
func (w *stateWriter) number(v python.Value) {
	c, ok := mirror.Core(v)
	if !ok {
		w.put(v)
		return
	}
	w.b = append(w.b, c.String()...)
}

// refs writes text, and an object as its kind and number.
func (w *stateWriter) refs(text string, v python.Value) {
	w.b = append(w.b, text...)
	if v == nil {
		w.b = append(w.b, '-')
		return
	}
	x, ok := v.(*python.Instance)
	if !ok {
		if v == gone {
			w.notKnown("a closure captures something else")
			w.put("(gone)")
		} else {
			w.put("host")
		}
		return
	}
	switch k := w.kindOf(x); k {
	case kindInstance:
		w.text(nodeOf(x).name)
	case kindErrorContext:
		w.errorContext(x)
	case kindHost:
		w.put("host")
	default:
		n := nodeOf(x)
		if n.epoch != w.epoch {
			w.counts[k]++
			n.epoch, n.number = w.epoch, w.counts[k]
			w.queue = append(w.queue, x)
		}
		w.b = strconv.AppendInt(append(w.b, k.String()...), int64(n.number), 10)
	}
}

func (w *stateWriter) kindOf(x *python.Instance) spec.StateKind {
	c := x.Class()
	k, known := w.kinds[c]
	if !known {
		k = kindHost
		if w.shared != nil && c.IsSubclass(w.shared) {
			k = spec.StateHostShared
		}
		w.kinds[c] = k
	}
	return k
}

func (w *stateWriter) errorContext(x *python.Instance) {
	message, _ := w.field(x, "debug_message").(*python.Tuple)
	if message == nil {
		w.put("error-context (gone)")
		return
	}
	text, _ := message.Items()[0].(string)
	w.put("error-context ")
	w.b = strconv.AppendQuoteToASCII(w.b, text)
}

// list writes text, and a list of objects.
func (w *stateWriter) list(text string, v python.Value) {
	w.b = append(w.b, text...)
	l, ok := v.(*python.List)
	if !ok {
		w.put(v)
		return
	}
	w.b = append(w.b, '[')
	for i, e := range l.Items() {
		if i > 0 {
			w.b = append(w.b, ' ')
		}
		w.refs("", e)
	}
	w.b = append(w.b, ']')
}

// numbers writes core values.
func (w *stateWriter) numbers(vs []python.Value) {
	w.b = append(w.b, '[')
	for i, v := range vs {
		if i > 0 {
			w.b = append(w.b, ' ')
		}
		w.number(v)
	}
	w.b = append(w.b, ']')
}

func (w *stateWriter) instance(inst *python.Instance) {
	w.text("instance ", nodeOf(inst).name)
	w.refs(" parent=", w.field(inst, "parent"))
	w.put(" may_enter=", w.field(inst, "may_enter"), " may_leave=", w.field(inst, "may_leave"), " backpressure=", w.field(inst, "backpressure"),
		" num_waiting_to_enter=", w.field(inst, "num_waiting_to_enter"))
	w.refs(" exclusive_thread=", w.field(inst, "exclusive_thread"))
	w.put("\n")
	w.table("  handles array=", w.field(inst, "handles"))
	w.table("  threads array=", w.field(inst, "threads"))
}

// table writes a table, unless it is as a new one.
func (w *stateWriter) table(text string, v python.Value) {
	x, _ := v.(*python.Instance)
	array, _ := w.field(x, "array").(*python.List)
	if array != nil && len(array.Items()) <= 1 {
		return
	}
	w.list(text, w.field(x, "array"))
	w.put(" free=")
	if free, ok := w.field(x, "free").(*python.List); ok {
		w.numbers(free.Items())
	}
	w.put("\n")
}

// object writes the line of an object.
func (w *stateWriter) object(x *python.Instance) {
	w.refs("", x)
	switch w.kindOf(x) {
	case spec.StateThread:
		w.thread(x)
	case spec.StateTask:
		w.task(x)
	case spec.StateHandle:
		rt, _ := w.field(x, "rt").(*python.Instance)
		w.put(" own=", w.field(x, "own"), " rt=", w.field(rt, "name"), " rep=", w.field(x, "rep"), " num_lends=", w.field(x, "num_lends"))
		w.refs(" borrow_scope=", w.field(x, "borrow_scope"))
	case spec.StateSubtask:
		w.subtask(x)
	case spec.StateEnd:
		w.text(" ", endNames[x.Class().Name()])
		w.put(" state=", w.field(x, "state"))
		w.refs(" shared=", w.field(x, "shared"))
		w.waitable(x)
	case spec.StateSet:
		w.list(" elems=", w.field(x, "elems"))
		w.put(" num_waiting=", w.field(x, "num_waiting"))
	case spec.StateStream, spec.StateFuture:
		w.text(" t=", w.typeText(x, w.field(x, "t")))
		w.put(" dropped=", w.field(x, "dropped"))
		w.refs(" pending_inst=", w.field(x, "pending_inst"))
		w.refs(" pending_buffer=", w.field(x, "pending_buffer"))
		w.put(" pending_on_copy_done=")
		w.copier(w.field(x, "pending_on_copy_done"))
	case spec.StateBuffer:
		w.buffer(x)
	case spec.StateMemory:
		data, _ := w.field(x, "bytes").(*python.Bytearray)
		w.put(" ", w.field(x, "addrtype"), " length=", len(data.Data()))
	}
	w.put("\n")
}

func (w *stateWriter) buffer(x *python.Instance) {
	cx, _ := w.field(x, "cx").(*python.Instance)
	opts, _ := w.field(cx, "opts").(*python.Instance)
	w.text(" t=", w.typeText(x, w.field(x, "t")))
	w.put(" ptr=", w.field(x, "ptr"), " progress=", w.field(x, "progress"), " length=", w.field(x, "length"))
	w.refs(" inst=", w.field(cx, "inst"))
	w.refs(" memory=", w.field(opts, "memory"))
	w.put(" ", w.field(opts, "string_encoding"))
}

// typeText is the text of a type that an object has, which never changes.
func (w *stateWriter) typeText(of *python.Instance, t python.Value) string {
	return w.named(nodeOf(of), w.typeName, t)
}

// named is the text that a function of world.py has for something, of which a node keeps it.
func (w *stateWriter) named(n *node, function, v python.Value) string {
	if n.name == "" {
		text, err := w.machine.Call(function, v)
		if n.name, _ = text.(string); err != nil {
			n.name = err.Error()
		}
	}
	return n.name
}

func (w *stateWriter) thread(x *python.Instance) {
	w.refs(" task=", w.field(x, "task"))
	cont, ready := w.field(x, "cont"), w.field(x, "ready_func")
	switch {
	case cont == nil:
		w.put(" running")
	case ready == nil:
		w.put(" suspended")
	default:
		w.put(" waiting")
	}
	w.put(" cancellable=", w.field(x, "cancellable"), " index=")
	if i := w.field(x, "index"); i == nil {
		w.put("-")
	} else {
		w.put(i)
	}
	w.put(" storage=")
	if storage, ok := w.field(x, "storage").(*python.List); ok {
		w.numbers(storage.Items())
	}
	w.put(" ready_func=")
	w.readyFunc(ready)
	w.put(" begins=")
	w.begins(cont)
}

func (w *stateWriter) task(x *python.Instance) {
	w.refs(" inst=", w.field(x, "inst"))
	ft, _ := w.field(x, "ft").(*python.Instance)
	opts, _ := w.field(x, "opts").(*python.Instance)
	w.text(" ", w.named(nodeOf(ft), w.funcName, ft), " ", w.lifted(opts))
	w.put(" state=", w.field(x, "state"), " num_borrows=", w.field(x, "num_borrows"))
	w.refs(" implicit_thread=", w.field(x, "implicit_thread"))
	w.list(" threads=", w.field(x, "threads"))
	w.put(" on_resolve=")
	w.onResolve(w.field(x, "on_resolve"))
}

// lifted says how a function is lifted.
func (w *stateWriter) lifted(opts *python.Instance) string {
	switch {
	case w.field(opts, "async_") == false:
		return "sync"
	case w.field(opts, "callback") == nil:
		return "stackful"
	}
	return "callback"
}

func (w *stateWriter) subtask(x *python.Instance) {
	w.put(" state=", w.field(x, "state"), " on_cancel=")
	w.onCancel(w.field(x, "on_cancel"))
	if lenders := w.field(x, "lenders"); lenders == nil {
		w.put(" lenders=-")
	} else {
		w.list(" lenders=", lenders)
	}
	w.put(" cancellation_requested=", w.field(x, "cancellation_requested"), " flat_results=")
	if l, ok := w.field(x, "flat_results").(*python.List); ok {
		w.numbers(l.Items())
	} else {
		w.put(w.field(x, "flat_results"))
	}
	w.waitable(x)
}

func (w *stateWriter) waitable(x *python.Instance) {
	w.refs(" wset=", w.field(x, "wset"))
	w.put(" has_sync_waiter=", w.field(x, "has_sync_waiter"), " pending_event=")
	w.event(w.field(x, "pending_event"))
}
