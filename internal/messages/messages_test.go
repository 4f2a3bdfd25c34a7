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
	if got := Of("stream_copy/idle"); got != "" {
		t.Errorf("a site of several messages: %q", got)
	}
	if got := Of("lift_async_value/in-set"); got != "" {
		t.Errorf("lift_async_value/in-set: %q", got)
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
