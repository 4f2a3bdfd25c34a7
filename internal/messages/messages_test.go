package messages

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"cabi/component"
	"cabi/internal/port"
	"cabi/spec"
)

// A trap says the messages of its site, with the prefix of a runtime, and no others.
func TestSay(t *testing.T) {
	unknown := &spec.Trap{Site: "Table.get/bounds", Detail: "unknown handle index 7 in instance A, expected a subtask", OnIndex: true}
	for _, c := range []struct {
		err  error
		text string
		want bool
	}{
		{&spec.Trap{Site: "canon_resource_new/may-leave"}, "cannot leave component instance", true},
		{&spec.Trap{Site: "canon_resource_new/may-leave"}, "cannot enter component instance", false},
		{&spec.Trap{Site: "Store.lift.func_inst/reentrance"}, "wasm trap: cannot enter component instance", true},
		{&spec.Trap{Site: "no/message"}, "", true},
		{&spec.Trap{Site: "no/message"}, "any", false},
		{unknown, "unknown handle index 7", true},
		{unknown, "unknown handle index 8", false},
		{spec.CoreTrap("unreachable"), "wasm trap: wasm `unreachable` instruction executed", true},
		{spec.CoreTrap("unreachable"), "unreachable", true},
		{spec.CoreTrap("integer divide by zero"), "unreachable", false},
		{component.ErrDeadlock, "wasm trap: deadlock detected", true},
		{errors.New("something"), "cannot enter", false},
	} {
		if got := Say(c.err, c.text); got != c.want {
			t.Errorf("%v says %q: %v", c.err, c.text, got)
		}
	}
}

// The message of a trap whose site has several is the one for what the action was about; one of no site that upstream states is empty.
func TestFor(t *testing.T) {
	for _, c := range []struct {
		site         spec.Site
		action, want string
	}{
		{"stream_copy/idle", "stream.read u8 async 1 0 1", "cannot read from stream after being notified that the writable end dropped"},
		{"stream_copy/idle", "stream.write u8 sync 1 0 1", "cannot write to stream after being notified that the readable end dropped"},
		{"future_copy/idle", "future.write u8 sync 1 0", "cannot write to future after previous write succeeded or readable end dropped"},
		{"lift_async_value/in-set", "call B.take 1 (future<u8>)", "cannot lift future while it's in a waitable set"},
		{"lift_async_value/in-set", "call B.take 1", ""},
		{"canon_resource_new/may-leave", "resource.new R 1", "cannot leave component instance"},
		{"canon_task_return/type", "task.return (u8) 1", ""},
	} {
		if got := For(&spec.Trap{Site: c.site}, c.action); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.site, c.action, got, c.want)
		}
	}
	on := &spec.Trap{Site: "canon_resource_drop/class", Detail: "handle index 3 in instance A is a waitable set, expected a resource handle of R", OnIndex: true, Found: &spec.WaitableSet{}}
	if got := For(on, "resource.drop R 3"); got != "handle index 3 used with the wrong type" {
		t.Errorf("a handle of another class: %q", got)
	}
}

// Each row of the table is about a site that exists, and is the first for one.
func TestTableNamesSites(t *testing.T) {
	roots, err := port.Roots(spec.Source, "spec")
	if err != nil {
		t.Fatal(err)
	}
	report, err := port.Check(roots[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range texts {
		if !slices.ContainsFunc(report.Sites, func(s port.GoSite) bool {
			all := Texts(spec.Site(s.Name))
			return strings.HasSuffix(s.Name, row.site) && len(all) > 0 && all[0] == row.texts[0]
		}) {
			t.Errorf("no site ends with %s", row.site)
		}
	}
}
