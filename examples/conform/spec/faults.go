package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"cabi/adapter"
	"cabi/spec"
)

// A fault is something that an implementation does otherwise than the specification says, or an adapter otherwise than the protocol. The tests
// of cabi conform find each of them.
type fault struct {
	variant *spec.Variant      // how handles are numbered; nil: as the specification says
	without map[spec.Site]bool // traps that are missing
	ignores string             // an action that is not taken, as if it were done
	result  func(op string, words []string) []string
	next    int      // that the adapter says in place of call 1; 0: it says what is
	keeps   bool     // what was dropped stays in the tables
	instead func()   // of an answer to a return
	lacks   []string // actions that the adapter says are unsupported
	refuses string   // an action that it refuses
	noWorld string   // a world that it refuses
}

// in are the lines of an adapter with the fault.
func (f fault) in(lines adapter.Lines) adapter.Lines { return &faulty{Lines: lines, fault: f} }

// faulty are lines that are changed on their way to the adapter, and from it.
type faulty struct {
	adapter.Lines
	fault
	asked  *adapter.Request // last
	ops    map[int]string   // the last action of each call
	tables map[string][]adapter.Entry
}

// Read answers what the adapter does not get to see.
func (f *faulty) Read() (*adapter.Request, error) {
	for {
		r, err := f.Lines.Read()
		if err != nil {
			return nil, err
		}
		f.asked = r
		if slices.Contains(f.lacks, r.Op) {
			panic("it was said that this is unsupported")
		}
		switch {
		case r.Kind == "world":
			f.ops, f.tables = map[int]string{}, nil
			if f.noWorld != "" && strings.Contains(string(r.World), `"name":"`+f.noWorld+`"`) {
				err = f.Lines.Write(&adapter.Reply{ID: r.ID, Kind: "unsupported", Why: "it is too big"})
				break
			}
			return r, nil
		case r.Kind == "action" && r.Op == f.refuses:
			err = f.Lines.Write(&adapter.Reply{ID: r.ID, Kind: "unsupported", Why: "it is not done yet"})
		case r.Kind == "action" && r.Op == f.ignores:
			done := adapter.Event{Kind: "done", Call: r.Call}
			err = f.Lines.Write(&adapter.Reply{ID: r.ID, Kind: "answer", Events: []adapter.Event{done}, Next: r.Call})
		case r.Kind == "action":
			f.ops[*r.Call] = r.Op
			return r, nil
		default:
			return r, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Write changes an answer.
func (f *faulty) Write(r *adapter.Reply) error {
	if f.instead != nil && f.asked.Op == "return" {
		f.instead()
		return nil
	}
	for i, e := range r.Events {
		if e.Kind == "done" && f.result != nil {
			r.Events[i].Results = f.result(f.ops[*e.Call], e.Results)
		}
	}
	if r.Next != nil && *r.Next == 1 && f.next > 0 {
		r.Next = &f.next
	}
	for name, entries := range r.Tables {
		if f.keeps && len(entries) < len(f.tables[name]) {
			r.Tables[name] = f.tables[name]
		}
	}
	f.tables = r.Tables
	return f.Lines.Write(r)
}

var faults = map[string]fault{
	"": {},

	"fifo":             {variant: numbered("fifo", fifo{})},
	"index-0":          {variant: numbered("from-0", from0{})},
	"lends-off-by-one": {without: map[spec.Site]bool{"canon_resource_drop/num_lends": true, "lift_own/num_lends": true}},
	"event-stolen":     {result: stolen},
	"cancel-lost":      {ignores: "cancel"},
	"status-swapped":   {result: swapped},

	"tick-lost":  {ignores: "tick"},
	"other-call": {next: 2},
	"table-kept": {keeps: true},

	"per-type":    {variant: spec.PerType},
	"hangs":       {instead: hang},
	"dies":        {instead: die},
	"floods":      {instead: flood},
	"rubbish":     {instead: func() { fmt.Println("Segmentation fault") }},
	"twice":       {instead: func() { fmt.Println(`{"id":1,"kind":"hello","version":1,"name":"spec"}`) }},
	"no-calls":    {refuses: "invoke"},
	"unsupported": {lacks: []string{"thread.new-indirect", "thread.yield", "thread.suspend"}, refuses: "waitable.join", noWorld: "everything"},
}

// hang answers nothing, and leaves a process behind.
func hang() {
	child := exec.Command("sleep", "600")
	if err := child.Start(); err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stderr, "child", child.Process.Pid)
	time.Sleep(10 * time.Minute)
}

func die() {
	fmt.Fprintln(os.Stderr, "out of luck")
	os.Exit(3)
}

func flood() {
	for {
		fmt.Print(strings.Repeat("x", 1<<16))
	}
}

func numbered(name string, n spec.Numbering) *spec.Variant {
	return &spec.Variant{Name: name, Layout: spec.SingleTable.Layout, Numbering: func(*spec.Tables, spec.TableKey) spec.Numbering { return n }}
}

// fifo uses the index first that was freed first.
type fifo struct{ spec.LIFO }

func (fifo) Next(free []uint64) int {
	if len(free) == 0 {
		return -1
	}
	return 0
}

// from0 counts from 0.
type from0 struct{ spec.LIFO }

func (from0) Issue(place uint64) uint64 { return place - 1 }
func (from0) Index(place uint64) uint64 { return place - 1 }
func (from0) Place(index uint64) uint64 { return index + 1 }

// stolen loses an event that a poll finds.
func stolen(op string, words []string) []string {
	if op == "waitable-set.poll" {
		return []string{"0", "0", "0"}
	}
	return words
}

// swapped says that a copy was cancelled where the other end was dropped, and the reverse.
func swapped(op string, words []string) []string {
	switch {
	case op != "stream.read" && op != "stream.write" && op != "stream.cancel-read" && op != "stream.cancel-write" || len(words) != 1:
	case words[0] == "1":
		return []string{"2"}
	case words[0] == "2":
		return []string{"1"}
	}
	return words
}
