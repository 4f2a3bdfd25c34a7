package engine

import (
	"slices"
	"strings"
	"testing"

	"cabi/internal/pyworld"
)

// Every built-in that an action calls is known with how many arguments it gets.
func TestOpCalls(t *testing.T) {
	want := []opCall{{"resource.new", "canon_resource_new", 2}, {"task.return-other", "canon_task_return", 3}, {"stream.read", "canon_stream_read", 5},
		{"thread.index", "canon_thread_index", 0}, {"waitable-set.wait", "canon_waitable_set_wait", 4}, {"error-context.drop", "canon_error_context_drop", 1}}
	for _, w := range want {
		if !slices.Contains(opCalls, w) {
			t.Errorf("%v is not among %v", w, opCalls)
		}
	}
	if n := strings.Count(pyworld.Source+engineSource, "D.canon_"); n != len(opCalls) {
		t.Errorf("%d built-ins are called, %d are known", n, len(opCalls))
	}
}
