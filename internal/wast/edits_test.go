package wast

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cabi/internal/wasmtools"
	"cabi/spec"
)

// edits are small faults in upstream's scripts: a wrong value, a wrong message, a trap that is not expected, a wrong index.
var edits = []struct{ file, old, new string }{
	{"async/cancel-subtask.wast", `(call $subtask.drop (local.get $subtask))`, `(call $subtask.drop (i32.const 55))`},
	{"async/drop-waitable-set.wast", `(assert_trap (invoke "run") "cannot drop waitable set with waiters")`, `(assert_trap (invoke "run") "not cannot drop waitable set with waiters")`},
	{"async/same-component-stream-future.wast", `(assert_trap (invoke "test-no-read-char") "cannot read from and write to intra-component future")`, `(assert_trap (invoke "test-no-read-char") "not cannot read from and write to intra-component future")`},
	{"async/during-sync-call-may-block-if-other-ready-threads.wast", `(call $task.return (i32.const 1))`, `(call $task.return (i32.const 91))`},
	{"async/futures-must-write.wast", `(assert_trap (invoke "drop-writable-future-before-write") "cannot drop future write end without first writing a value")`, `(assert_return (invoke "drop-writable-future-before-write"))`},
	{"async/futures-must-write.wast", `(assert_trap (invoke "drop-writable-future-before-write") "cannot drop future write end without first writing a value")`, `(assert_trap (invoke "drop-writable-future-before-write") "not cannot drop future write end without first writing a value")`},
	{"async/drop-waitable-set.wast", `(if (i32.ne (i32.const 0x11) (local.get $ret))
          (`, `(if (i32.ne (i32.const 90x11) (local.get $ret))
          (`},
	{"async/passing-resources.wast", `(if (i32.ne (i32.const 50) (call $resource.rep (global.get $res1)))
          (`, `(if (i32.ne (i32.const 950) (call $resource.rep (global.get $res1)))
          (`},
	{"async/sync-barges-in.wast", `(call $subtask.drop (local.get $subtask))`, `(call $subtask.drop (i32.const 55))`},
	{"async/trap-if-transfer-in-waitable-set.wast", `(assert_trap (invoke "return-future-in-set") "cannot lift future while it's in a waitable set")`, `(assert_trap (invoke "return-future-in-set") "not cannot lift future while it's in a waitable set")`},
	{"async/drop-subtask.wast", `(call $waitable.join (local.get $subtask) (local.get $ws))`, `(call $waitable.join (local.get $ws) (local.get $subtask))`},
	{"async/cancellable.wast", `(call $waitable.join (local.get $futr) (local.get $ws))`, `(call $waitable.join (local.get $ws) (local.get $futr))`},
	{"async/trap-if-block-and-sync.wast", `(call $task.return (i32.const 42))`, `(call $task.return (i32.const 942))`},
	{"async/passing-resources.wast", `(assert_return (invoke "run") (u32.const 42))`, `(assert_return (invoke "run") (u32.const 942))`},
	{"async/drop-waitable-set.wast", `(assert_trap (invoke "run") "cannot drop waitable set with waiters")`, `(assert_return (invoke "run"))`},
	{"values/alignment.wast", `(assert_trap (invoke "run") "unaligned pointer")`, `(assert_return (invoke "run"))`},
	{"linking/link-time-virtualization.wast", `(assert_return (invoke "calls-a") (u32.const 2))`, `(assert_return (invoke "calls-a") (u32.const 92))`},
	{"resources/multiple-resources.wast", `(assert_return (invoke "run") (u32.const 42))`, `(assert_return (invoke "run") (u32.const 942))`},
	{"async/drop-cross-task-borrow.wast", `(assert_trap (invoke "drop-other-miss-self") "borrow handles still remain at the end of the call")`, `(assert_trap (invoke "drop-other-miss-self") "not borrow handles still remain at the end of the call")`},
	{"async/trap-if-block-and-sync.wast", `(if (i32.ne (i32.const 0 (; NONE ;)) (local.get $ret))
          (`, `(if (i32.ne (i32.const 90 (; NONE ;)) (local.get $ret))
          (`},
	{"async/drop-subtask.wast", `(if (i32.ne (i32.const 1 (; STARTED ;)) (i32.and (local.get $ret) (i32.const 0xf)))
          (`, `(if (i32.ne (i32.const 91 (; STARTED ;)) (i32.and (local.get $ret) (i32.const 0xf)))
          (`},
	{"async/builtin-trap-poisons-instance.wast", `(call $stream.drop-writable (local.get $tx))`, `(call $stream.drop-writable (i32.const 77))`},
	{"async/sync-barges-in.wast", `(if (i32.ne (i32.const 4 (; FUTURE_READ ;)) (local.get $ret))
          (`, `(if (i32.ne (i32.const 94 (; FUTURE_READ ;)) (local.get $ret))
          (`},
	{"async/drop-cross-task-borrow.wast", `(if (i32.ne (i32.const 0 (; COMPLETED ;)) (local.get $ret))
          (`, `(if (i32.ne (i32.const 90 (; COMPLETED ;)) (local.get $ret))
          (`},
	{"async/trap-if-done.wast", `(call $waitable.join (local.get $fr) (local.get $ws))`, `(call $waitable.join (local.get $ws) (local.get $fr))`},
	{"async/async-calls-sync.wast", `(call $task.return (i32.const 42))`, `(call $task.return (i32.const 942))`},
	{"async/wait-during-callback.wast", `(call $waitable.join (local.get $futr) (local.get $ws))`, `(call $waitable.join (local.get $ws) (local.get $futr))`},
	{"resources/borrows.wast", `(assert_trap (invoke "lend-trap") "cannot remove owned resource while borrowed")`, `(assert_trap (invoke "lend-trap") "not cannot remove owned resource while borrowed")`},
	{"async/partial-stream-copies.wast", `(call $stream.drop-writable (local.get $insw))`, `(call $stream.drop-writable (i32.const 77))`},
	{"async/deadlock.wast", `(call $waitable.join (local.get $subtaski) (local.get $ws))`, `(call $waitable.join (local.get $ws) (local.get $subtaski))`},
}

// Each edit of one of upstream's scripts is noticed: fewer directives pass.
func TestEditsAreNoticed(t *testing.T) {
	upstream := os.Getenv("CABI_UPSTREAM")
	if _, err := os.Stat(filepath.Join(upstream, "test", "async")); upstream == "" || err != nil {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model, and run make wasm-tools")
	}
	tools, err := wasmtools.Find()
	if errors.Is(err, wasmtools.ErrMissing) {
		t.Skip(err)
	}
	defer tools.Close()
	for _, e := range edits {
		text := string(must(os.ReadFile(filepath.Join(upstream, "test", e.file))))
		edited := strings.Replace(text, e.old, e.new, 1)
		if edited == text {
			t.Errorf("%s has no %s", e.file, e.old)
		}
		if before, after := passing(t, text, tools), passing(t, edited, tools); after >= before {
			t.Errorf("%s: %d directives pass, and %d with %s in place of %s", e.file, before, after, e.new, e.old)
		}
	}
}

// passing is how many directives of a script pass.
func passing(t *testing.T, text string, tools wasmtools.Tools) int {
	t.Helper()
	script, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	runner := NewRunner(t.Context())
	defer runner.Close()
	n := 0
	for _, o := range runner.Run(Prepare(script, tools), Policy, spec.SingleTable) {
		if o.Status == Passed {
			n++
		}
	}
	return n
}
