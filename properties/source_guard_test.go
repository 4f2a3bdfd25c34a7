package properties_test

import (
	"strings"
	"testing"
)

// Parameters and captured variables with other names, and functions that capture less than the pin's, are explored, or refused in words.
func TestSourceRenames(t *testing.T) {
	text := definitions(t)
	for _, c := range []struct {
		world, refusal string
		edit           []string
	}{
		{"waits", "", []string{"  def add(self, e):", "  def add(self, element):\n    e = element"}},
		{"waits", "", []string{"block_result: Cancelled, current_thread: Thread)", "block_result: Cancelled, of: Thread)",
			"handler.current_thread = current_thread\n", "handler.current_thread = of\n"}},
		{"backpressure", "", []string{"lambda: not has_backpressure()", "lambda: True"}},
		{"handles", "canon_lift.thread_func has no opts", []string{"opts", "options"}},
	} {
		search := searchOf(c.world, 4)
		search.Source = sourceOf(t, text, c.edit...)
		report := search.Run()
		switch {
		case c.refusal == "" && (report.Err != nil || report.Stopped || report.Transitions == 0):
			t.Errorf("%q: %v after %d transitions", c.edit, report.Err, report.Transitions)
		case c.refusal != "" && (report.Err == nil || !strings.Contains(report.Err.Error(), c.refusal)):
			t.Errorf("%q: %v, want %q", c.edit, report.Err, c.refusal)
		}
	}
}
