// Not upstream's: what the port calls the classes, fields and closures of definitions.py, so that its structs can be filled from the
// objects of a definitions.py that an interpreter runs.

package spec

import (
	"reflect"
	"slices"
	"strings"
)

// A MirrorType is what the port has for a class of Python, or for a closure or bound method, which the port has small types for. The
// fields of Go have the names of the Python ones, in another spelling, unless Fields says where their values come from.
type MirrorType struct {
	Type reflect.Type
	// Fields says, by a field of Go, where its value is: names of captured variables or attributes, with dots between them; a number
	// is an argument of a partial. "" : the value is made elsewhere. Of several, with | between them, that counts which begins with a variable
	// that the closure has: an edit of a condition may say the same of another variable.
	Fields map[string]string
	// Without are fields of Python that the port does not have because nothing depends on them.
	Without []string
	// Has are the fields of Python that everything here relies on.
	Has []string
	// Static says that the fields do not change once the object is made.
	Static bool
	// Self is where the object is that the port has in place of a closure or bound method; "": the port has a closure, too.
	Self string
	// Hash is that of the function's text, without which it is not the function that is meant; "": its name says enough.
	Hash string
	// Holds says that a field that the port has as a bool is true if it holds such a closure.
	Holds bool
}

func mirrorOf[T any]() MirrorType { return MirrorType{Type: reflect.TypeFor[T]()} }

func mirrorOnce[T any](without ...string) MirrorType {
	return MirrorType{Type: reflect.TypeFor[T](), Static: true, Without: without}
}

func mirrorFrom[T any](fields ...string) MirrorType {
	t := mirrorOf[T]()
	t.Fields = map[string]string{}
	for i := 0; i < len(fields); i += 2 {
		t.Fields[fields[i]] = fields[i+1]
	}
	return t
}

func (t MirrorType) without(fields ...string) MirrorType {
	t.Without = fields
	return t
}

func (t MirrorType) has(fields string) MirrorType {
	t.Has = strings.Fields(fields)
	return t
}

// GoNames are the fields here that are filled from a field of Python.
func (t MirrorType) GoNames(field string) []string {
	if field == "lenders" {
		return []string{"lenders", "delivered"}
	}
	plain := strings.ReplaceAll(field, "_", "")
	return goNames(t.Type, plain)
}

func goNames(t reflect.Type, plain string) (names []string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if strings.EqualFold(f.Name, plain) {
			names = append(names, f.Name)
		} else if f.Anonymous && f.Type.Kind() == reflect.Struct {
			names = append(names, goNames(f.Type, plain)...)
		}
	}
	return names
}

// MirrorClasses are the classes of definitions.py that have a struct here, by their qualified names.
var MirrorClasses = map[string]MirrorType{
	"Store":             mirrorOf[Store]().has("waiting nesting_depth"),
	"ComponentInstance": mirrorOf[ComponentInstance]().without("handles", "threads").has("store parent handles threads may_enter may_leave backpressure num_waiting_to_enter exclusive_thread"), // see MirrorTable
	"Continuation":      mirrorFrom[Continuation]("co", "", "f", "", "handler", "").without("lock", "handler", "block_result").has("lock"),
	"Thread":            mirrorOf[Thread]().has("cont ready_func task cancellable index storage"),
	"Task":              mirrorOf[Task]().has("ft opts inst on_start on_resolve state num_borrows implicit_thread threads"),
	"CanonicalOptions":  mirrorOnce[CanonicalOptions]().has("string_encoding memory realloc post_return async_ callback"),
	"LiftLowerOptions":  mirrorOnce[LiftLowerOptions](),
	"LiftOptions":       mirrorOnce[LiftOptions](),
	"MemInst":           mirrorOf[MemInst]().has("bytes addrtype"),
	"LiftLowerContext":  mirrorOnce[LiftLowerContext]().has("opts inst borrow_scope"),
	"ResourceHandle":    mirrorOf[ResourceHandle]().has("rt rep own borrow_scope num_lends"),
	"ResourceType":      mirrorOnce[ResourceType]().has("impl dtor"),
	"WaitableSet":       mirrorOf[WaitableSet]().has("elems num_waiting"),
	"Subtask":           mirrorFrom[Subtask]("delivered", "").has("pending_event wset has_sync_waiter state on_cancel lenders cancellation_requested flat_results"),
	"SharedStreamImpl":  mirrorOf[SharedStreamImpl]().has("t dropped pending_inst pending_buffer pending_on_copy pending_on_copy_done"),
	"SharedFutureImpl":  mirrorOf[SharedFutureImpl]().has("t dropped pending_inst pending_buffer pending_on_copy_done"),
	"ReadableStreamEnd": mirrorOf[ReadableStreamEnd]().has("pending_event wset has_sync_waiter state shared"),
	"WritableStreamEnd": mirrorOf[WritableStreamEnd]().has("pending_event wset has_sync_waiter state shared"),
	"ReadableFutureEnd": mirrorOf[ReadableFutureEnd]().has("pending_event wset has_sync_waiter state shared"),
	"WritableFutureEnd": mirrorOf[WritableFutureEnd]().has("pending_event wset has_sync_waiter state shared"),
	"ErrorContext":      mirrorOnce[ErrorContext]().has("debug_message"),
	"CoreFuncRef":       mirrorOnce[CoreFuncRef](),
	"CoreFuncType":      mirrorOnce[CoreFuncType](),
	"CoreValueIter":     mirrorOf[coreValueIter](),

	"ReadableBufferGuestImpl": mirrorOf[readableBufferGuestImpl]().has("cx t ptr progress length"),
	"WritableBufferGuestImpl": mirrorOf[writableBufferGuestImpl]().has("cx t ptr progress length"),

	"FuncType": mirrorOnce[FuncType]().has("params result async_"),
	"BoolType": mirrorOnce[BoolType](), "S8Type": mirrorOnce[S8Type](), "U8Type": mirrorOnce[U8Type](), "S16Type": mirrorOnce[S16Type](),
	"U16Type": mirrorOnce[U16Type](), "S32Type": mirrorOnce[S32Type](), "U32Type": mirrorOnce[U32Type](), "S64Type": mirrorOnce[S64Type](),
	"U64Type": mirrorOnce[U64Type](), "F32Type": mirrorOnce[F32Type](), "F64Type": mirrorOnce[F64Type](), "CharType": mirrorOnce[CharType](),
	"StringType": mirrorOnce[StringType](), "ErrorContextType": mirrorOnce[*ErrorContextType](), "ListType": mirrorOnce[*ListType](),
	"FieldType": mirrorOnce[FieldType](), "RecordType": mirrorOnce[*RecordType](), "TupleType": mirrorOnce[*TupleType](), "CaseType": mirrorOnce[CaseType](),
	"VariantType": mirrorOnce[*VariantType](), "EnumType": mirrorOnce[*EnumType](), "OptionType": mirrorOnce[*OptionType](), "ResultType": mirrorOnce[*ResultType](),
	"MapType": mirrorOnce[*MapType](), "FlagsType": mirrorOnce[*FlagsType](), "OwnType": mirrorOnce[*OwnType](), "BorrowType": mirrorOnce[*BorrowType](),
	"StreamType": mirrorOnce[*StreamType](), "FutureType": mirrorOnce[*FutureType](),
}

// MirrorClosures are the closures, bound methods and partials of definitions.py that have a type here, by the qualified names of their
// functions. A closure of another name that stands in the place of one of these is one that the port knows nothing of.
var MirrorClosures = map[string]MirrorType{
	"Thread.__init__.<locals>.cont_func":                          mirrorOf[*contFuncOfThread](),
	"Thread.resume_later.<locals>.<lambda>":                       mirrorOf[alwaysReady](),
	"Thread.yield_.<locals>.<lambda>":                             mirrorOf[alwaysReady](),
	"Thread.yield_then_resume.<locals>.<lambda>":                  mirrorOf[alwaysReady](),
	"WaitableSet.wait_for_event.<locals>.<lambda>":                mirrorOf[alwaysReady](),
	"Task.enter_implicit_thread.<locals>.<lambda>":                mirrorFrom[noBackpressure]("task", "has_backpressure.self|self"),
	"Waitable.has_pending_event":                                  mirrorFrom[waitableReady]("w", "self"),
	"Subtask.resolved":                                            mirrorFrom[subtaskResolved]("t", "self"),
	"WaitableSet.wait_for_event_and.<locals>.ready_and_has_event": mirrorFrom[*readyAndHasEvent]("wset", "self"),
	"canon_lift.<locals>.thread_func.<locals>.<lambda>":           mirrorFrom[exclusiveFree]("inst", "inst|task.inst|thread.task.inst"),
	"canon_lift.<locals>.thread_func":                             mirrorOf[*liftThreadFunc](),
	"canon_thread_new_indirect.<locals>.thread_func":              mirrorFrom[*newIndirectThreadFunc]("s", ""),
	"canon_lower.<locals>.on_start":                               mirrorFrom[*lowerOnStart]("subtask", "subtask", "onProgress", "", "maxFlatResults", ""),
	"canon_lower.<locals>.on_resolve":                             mirrorFrom[*lowerOnResolve]("onProgress", "maybe_on_progress", "maxFlatParams", ""),
	"canon_lower.<locals>.on_progress":                            mirrorOf[*lowerOnProgress](),
	"canon_lower.<locals>.on_progress.<locals>.subtask_event":     mirrorOf[*subtaskEvent](),
	"LiftLowerContext.reallocate.<locals>.on_start":               mirrorOf[*reallocOnStart](),
	"LiftLowerContext.reallocate.<locals>.on_resolve":             mirrorFrom[*reallocOnResolve]("ptr", "", "resolved", ""),
	"stream_copy.<locals>.on_copy":                                mirrorFrom[*streamCopying]("buffer", "stream_event.buffer", "eventCode", "stream_event.event_code", "i", "stream_event.i"),
	"stream_copy.<locals>.on_copy_done":                           mirrorFrom[*streamCopying]("buffer", "stream_event.buffer", "eventCode", "stream_event.event_code", "i", "stream_event.i"),
	"stream_copy.<locals>.stream_event":                           mirrorFrom[*streamEvent]("e", "e", "result", "0", "reclaimBuffer", "1"),
	"future_copy.<locals>.on_copy_done":                           mirrorFrom[*futureCopying]("buffer", "future_event.buffer", "i", "future_event.i", "e", "e", "eventCode", "event_code"),
	"future_copy.<locals>.future_event":                           mirrorFrom[*futureEvent]("result", "0"),
	"Task.request_cancellation":                                   {Self: "self"},
	"Store.invoke.<locals>.on_cancel":                             {Self: "request_cancellation"},
	"SharedStreamImpl.reset_pending":                              {Self: "self"},
	"stream_copy.<locals>.on_copy_done.<locals>.<lambda>":         {},
	"canon_lower.<locals>.<lambda>":                               {},
	"canon_resource_drop.<locals>.<lambda>":                       {},
	"Store.lift.<locals>.func_inst":                               {},
	"Store.lower.<locals>.core_func_inst":                         {},
}

// MirrorAlways is what the port has for a ready function that returns True and does nothing else, whatever its name.
var MirrorAlways = mirrorOf[alwaysReady]()

// MirrorProposed are closures that upstream's open proposals have, with what the port has in their place. A closure of the same name and
// another text is one that the port knows nothing of.
var MirrorProposed = map[string]MirrorType{
	// fix-cancel-bug: a thread goes on too once it can be told of a pending cancellation. What it waits for otherwise is as before.
	"Thread.wait_until.<locals>.ready_or_cancelled": {Self: "ready_func", Hash: "2cb0fe04"},
	// fix-cancel-bug: an event loop can be cancelled while the lock is free. At the pin, it can, and Task.request_cancellation asks for the lock.
	"canon_lift.<locals>.thread_func.<locals>.lock_available": {Type: reflect.TypeFor[exclusiveFree](), Hash: "7202946c", Holds: true},
}

// MirrorHosts are functions of the host's, by the type that a field has for them: the state says no more of them.
var MirrorHosts = map[reflect.Type]reflect.Value{
	reflect.TypeFor[ReadyFunc]():     reflect.ValueOf(HostReady(func() bool { return false })),
	reflect.TypeFor[threadFunc]():    reflect.ValueOf(HostThread(func() {})),
	reflect.TypeFor[OnStart]():       reflect.ValueOf(HostOnStart(func() []Value { return nil })),
	reflect.TypeFor[OnResolve]():     reflect.ValueOf(HostOnResolve(func([]Value) {})),
	reflect.TypeFor[OnCancel]():      reflect.ValueOf(HostOnCancel(func(*ComponentInstance) {})),
	reflect.TypeFor[ReclaimBuffer](): reflect.ValueOf(HostReclaimBuffer(func() {})),
	reflect.TypeFor[OnCopy]():        reflect.ValueOf(HostOnCopy(func(ReclaimBuffer) {})),
	reflect.TypeFor[OnCopyDone]():    reflect.ValueOf(HostOnCopyDone(func(CopyResult) {})),
	reflect.TypeFor[CoreFunc]():      reflect.ValueOf(CoreFunc(func([]CoreValue) []CoreValue { return nil })),
}

// MirrorWords are the strings of Python that are constants here.
var MirrorWords = map[reflect.Type]map[string]uint64{
	reflect.TypeFor[StringEncoding](): {"utf8": uint64(UTF8), "utf16": uint64(UTF16), "latin1+utf16": uint64(Latin1UTF16)},
	reflect.TypeFor[CoreType]():       {"i32": uint64(I32), "i64": uint64(I64), "f32": uint64(F32), "f64": uint64(F64)},
}

// MirrorElement completes what by its fields is an element or another object that refers to its store.
func (s *Store) MirrorElement(o any) {
	switch o := o.(type) {
	case *Subtask:
		o.self, o.store = o, s
	case end:
		o.base().self, o.base().store = o, s
	case *WaitableSet:
		o.store = s
	case *SharedStreamImpl:
		o.store = s
	case *SharedFutureImpl:
		o.store = s
	case *coreValueIter:
		o.store = s
	}
}

// MirrorLenders says that lenders is None.
func (t *Subtask) MirrorLenders(isNone bool) { t.delivered = isNone }

// MirrorContinuation says whether a continuation has begun; if not, f is what it begins with.
func (c *Continuation) MirrorContinuation(f any) {
	if f, waits := f.(contFunc); waits {
		c.co, c.f = nil, f
		return
	}
	c.co, c.f = &begun, nil
}

var begun coroutine

// MirrorSerial is the place of a thread in the order of creation.
func (t *Thread) MirrorSerial(serial int) { t.serial = serial }

// Serial is the place of t in the order of creation in its store.
func (t *Thread) Serial() int { return t.serial }

// MirrorResumes says that a thread runs, which what ran has resumed.
func (s *Store) MirrorResumes(t *Thread) { s.handler = &Handler{currentThread: t, resumer: s.handler} }

// MirrorReturns says that what resumed the running thread goes on.
func (s *Store) MirrorReturns() { s.handler = s.handler.resumer }

// MirrorTable gives inst the table of its handles, or of its threads.
func (inst *ComponentInstance) MirrorTable(threads bool, array []Element, free []uint64) {
	ts, key := inst.handles, TableKey{}
	if threads {
		ts, key = inst.threads, TableKey{Class: ClassThread}
	}
	if len(array) < 2 {
		*ts.tables = nil
		return
	}
	if len(*ts.tables) == 0 {
		*ts.tables = []*Table{newTable(inst.store, key, LIFO{})}
	}
	t := (*ts.tables)[0]
	t.array, t.free = append(t.array[:0], array...), append(t.free[:0], free...)
}

// MirrorKey is the table that an element is kept in.
func MirrorKey(threads bool) TableKey {
	if threads {
		return TableKey{Class: ClassThread}
	}
	return TableKey{}
}

// WantOf is what a built-in expects that e, and nothing else, is; nil: nothing.
func WantOf(e Element) Expected {
	if e == nil {
		return Expected{}
	}
	return wantOf(e)
}

// IndexTrap is a trap on an index: its sentence says what was wanted and what is there.
func IndexTrap(site Site, inst *ComponentInstance, want Expected, index uint64, found Element) *Trap {
	at := lookup{inst: inst, index: index, want: want, found: found}
	return &Trap{site, at.describe(), true, found}
}

// Choose makes a choice among n candidates as the specification does where it asks for one; with one candidate it asks nobody.
func (s *Store) Choose(site Site, n int) int { return s.choose(site, n) }

// Chosen is how many choices the specification has made: of a thread, whether to wait, of an index or of bits, among more than one candidate.
func (s *Store) Chosen() int { return s.chosen }

// ShuffleList shuffles n elements as the specification does.
func (s *Store) ShuffleList(site Site, n int, swap func(i, j int)) { s.shuffle(site, n, swap) }

// DrawBits draws bits as the specification does where it asks for random bits.
func (s *Store) DrawBits(site Site, k int) uint64 { return DrawBits(s.options.Choices, site, k) }

// MirrorChoices has s choose so from now on.
func (s *Store) MirrorChoices(c Choices) { s.options.Choices = c }

// typesOnIndex are the functions that trap on the type of the element that an index names.
var typesOnIndex = []string{"canon_resource_drop", "canon_resource_rep", "lift_own", "lift_borrow", "stream_copy", "future_copy", "cancel_copy", "drop", "lift_async_value"}

// OnIndex reports whether a trap is about the element that an index names.
func OnIndex(site Site) bool {
	function, word, _ := strings.Cut(string(site), "/")
	switch word {
	case "bounds", "empty":
		return function == "Table.get"
	case "class", "set-class", "waitable-class":
		return true
	}
	return word == "type" && slices.Contains(typesOnIndex, function)
}
