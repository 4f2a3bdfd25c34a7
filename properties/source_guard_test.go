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
		{"handles", "", []string{"    self.free = []\n", "    self.free = set()\n", "i = self.free.pop()", "i = min(self.free)\n      self.free.discard(i)", "self.free.append(i)", "self.free.add(i)"}},
		{"handles", "", []string{"    self.array = [None]\n", "    self.array = {0: None}\n", "for e in self.array:", "for e in self.array.values():", "self.array.append(e)", "self.array[i] = e"}},
		{"handles", "Table.array is gone", []string{"self.array", "self.slots"}},
		{"handles", "Table.array holds something else", []string{"        yield e\n", "        yield e[0]\n", "return self.array[i]\n", "return self.array[i][0]\n",
			"self.array[i] = e\n", "self.array[i] = (e,)\n", "self.array.append(e)", "self.array.append((e,))"}},
		{"handles", ") has no variable opts", []string{"opts", "options"}},
	} {
		search := searchOf(c.world, 4)
		search.Source = sourceOf(t, text)
		pin := search.Run()
		search.Source = sourceOf(t, text, c.edit...)
		report := search.Run()
		switch {
		case c.refusal == "" && report.Transitions < pin.Transitions:
			t.Errorf("%q: %d transitions, %d at the pin", c.edit, report.Transitions, pin.Transitions)
		case c.refusal == "" && (report.Err != nil || report.Stopped || report.Transitions == 0):
			t.Errorf("%q: %v after %d transitions", c.edit, report.Err, report.Transitions)
		case c.refusal != "" && (report.Err == nil || !strings.Contains(report.Err.Error(), c.refusal)):
			t.Errorf("%q: %v, want %q", c.edit, report.Err, c.refusal)
		}
	}
}
