package properties_test

import (
	"testing"
)

// A tick is offered whenever a thread is ready, whatever the function is called that it waits for, and if it is of no port.
func TestSourceTicks(t *testing.T) {
	text := definitions(t)
	const later = "    self.start_waiting_internal(lambda: True)\n    assert(self.ready())\n"
	transitions := func(replacements ...string) int {
		search := searchOf("threads", 3)
		search.Properties, search.Source = nil, sourceOf(t, text, replacements...)
		return search.Run().Transitions
	}
	want := transitions()
	for name, edit := range map[string][]string{
		"a function with a name": {later, "    def always():\n      return True\n    self.start_waiting_internal(always)\n    assert(self.ready())\n"},
		"another field":          {"ready_func", "can_go_on"},
		"a set":                  {"self.waiting = []", "self.waiting = set()", "store.waiting.append(self)", "store.waiting.add(self)"},
	} {
		if got := transitions(edit...); got < want {
			t.Errorf("%s: there are %d transitions, %d at the pin", name, got, want)
		}
	}
}
