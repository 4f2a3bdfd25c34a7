package suite

import (
	"fmt"
	"strings"

	"cabi/model"
)

// leaving are programs for the traps that keep built-ins from being called in a post-return. The shortest programs that take such a
// trap give the built-in an index that names nothing, so the built-in traps without the trap too. Each of these programs makes
// something first, and uses it in the post-return: without the trap, the built-in succeeds.
var leaving = []struct{ make, use, header string }{
	{"waitable-set.new", "waitable-set.poll uncancellable 1 0", ""},
	{"waitable-set.new", "waitable-set.drop 1", ""},
	{"stream.new u8", "stream.read u8 async 1 0 1", ""},
	{"future.new u8", "future.read u8 async 1 0", ""},
	{"thread.new-indirect i32 1 0", "thread.resume-later 2", ""},
	{"thread.new-indirect i32 1 0\nA: thread.resume-later 2", "thread.yield-then-promote uncancellable 2", ""},
	{"error-context.new 0 0", "error-context.debug-message 1 0", messageLost},
	{"error-context.new 0 0", "error-context.drop 1", messageLost},
}

// messageLost chooses that the host forgets the message of an error context. Otherwise the host may transform the message in a way
// that definitions.py leaves open.
const messageLost = "choices 1\n"

const leavingHeader = `world post-return
define {"name":"post-return","instances":[{"name":"A","memory":64}],"funcs":[{"name":"A.run","post_return":true}]}
`

// seeds are the traces of the programs, with their outcomes. The generator takes them beside the traces that it finds.
func seeds() []*model.Trace {
	var all []*model.Trace
	for _, p := range leaving {
		text := fmt.Sprintf("%s%shost: invoke A.run\nA: %s\nA: return\nA: %s\n", leavingHeader, p.header, p.make, p.use)
		t, err := model.ParseTrace(strings.NewReader(text))
		if err != nil {
			panic(err) // TestSeeds runs them all
		}
		again, err := model.RunTrace(t, t.Variant)
		if err != nil {
			panic(err)
		}
		all = append(all, again.Trace)
	}
	return all
}
