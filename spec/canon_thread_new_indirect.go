// definitions.py, "canon thread.new-indirect"

package spec

// A CoreFuncRef is a function in a core table.
//
//cabi:py CoreFuncRef 0e900fbf
type CoreFuncRef struct {
	T      *CoreFuncType
	Callee CoreFunc
}

func (*CoreFuncRef) class() Class { return ClassCoreFuncRef }

func (*CoreFuncRef) describe() string { return "function" }

// A FuncTable is a core table of functions.
type FuncTable struct {
	table  *Table
	lookup func(i uint64) *CoreFuncRef // where a core runtime keeps the functions; nil: table has them all
}

// NewFuncTable makes a core table; its first function has index 1, as in every Table of definitions.py.
func NewFuncTable(s *Store, funcs ...*CoreFuncRef) *FuncTable {
	ftbl := &FuncTable{table: newTable(s, TableKey{Class: ClassCoreFuncRef}, LIFO{})}
	for _, f := range funcs {
		ftbl.table.add(f)
	}
	return ftbl
}

// NewFuncTableOf makes a core table whose functions a core runtime keeps: lookup returns the function at an index, or nil if
// there is none. Indices are those of the runtime, so that 0 may have a function.
func NewFuncTableOf(s *Store, lookup func(i uint64) *CoreFuncRef) *FuncTable {
	return &FuncTable{newTable(s, TableKey{Class: ClassCoreFuncRef}, LIFO{}), lookup}
}

// get is ftbl.get(i): nil where the index names nothing and the trap on that is switched off. Of a core runtime's table it makes one that
// has the element in question alone.
func (ftbl *FuncTable) get(i uint64, at *lookup) *CoreFuncRef {
	if ftbl.lookup != nil {
		ftbl.table.array = []Element{nil, nil}
		if f := ftbl.lookup(i); f != nil {
			ftbl.table.array[1] = f
		}
		i = 1
	}
	f, _ := ftbl.table.get(i, at).(*CoreFuncRef)
	return f
}

// CanonThreadNewIndirect is thread.new-indirect: a suspended thread of the running task that will call function fi of
// a table with c.
//
//cabi:py canon_thread_new_indirect f83e3f71
func CanonThreadNewIndirect(s *Store, ft *CoreFuncType, ftbl *FuncTable, fi, c uint64) []CoreValue {
	task := currentTask(s)
	s.trapIf(!task.inst.mayLeave, "canon_thread_new_indirect/may-leave", "the instance may not be left")
	f := ftbl.get(fi, &lookup{inst: task.inst, index: fi, want: wantCoreFuncRef})
	s.assert(ft.Equal(&CoreFuncType{Params: []CoreType{I32}}) || ft.Equal(&CoreFuncType{Params: []CoreType{I64}}),
		"canon_thread_new_indirect/func-type", "a thread's function takes an i32 or an i64 and returns nothing")
	if f == nil {
		crash("canon_thread_new_indirect", "AttributeError", "the index names no function")
	}
	s.trapIf(!f.T.Equal(ft), "canon_thread_new_indirect/type", "the function is of another type")
	threadFunc := &newIndirectThreadFunc{s: s, task: task, f: f, c: c}
	newThread := NewThread(task, threadFunc)
	threadFunc.newThread = newThread
	s.assert(newThread.suspended(), "canon_thread_new_indirect/suspended", "a new thread is suspended")
	task.registerThread(newThread)
	return ints(*newThread.index)
}

// newIndirectThreadFunc is canon_thread_new_indirect's inner function thread_func with what it captures.
type newIndirectThreadFunc struct {
	s         *Store
	task      *Task
	f         *CoreFuncRef
	c         uint64
	newThread *Thread
}

//cabi:py canon_thread_new_indirect.thread_func 59e384c2
func (t *newIndirectThreadFunc) run() {
	unpack0(callAndTrapOnThrow(t.s, t.f.Callee, ints(t.c)), "canon_thread_new_indirect.thread_func")
	t.task.unregisterThread(t.newThread)
}
