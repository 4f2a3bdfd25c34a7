package profile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// open are the choices that the deterministic profile leaves open at the pin.
var open = []spec.Site{"Store.tick/thread", "Task.request_cancellation/thread", "WaitableSet.get_pending_event/order", "canon_lift/thread"}

func sites(choices []Choice, is func(Choice) bool) (all []spec.Site) {
	for _, c := range choices {
		if is(c) {
			all = append(all, c.Site)
		}
	}
	return all
}

// Inside a component the specification should choose nothing under the profile. The walks find what it leaves open, and guests observe each.
func TestFind(t *testing.T) {
	found, err := Find(nil, 120)
	if err != nil {
		t.Fatal(err)
	}
	if got := sites(found, func(c Choice) bool { return c.Open }); !slices.Equal(got, open) {
		t.Errorf("left open: %v, want %v", got, open)
	}
	if got := sites(found, func(c Choice) bool { return !c.Open }); !slices.Equal(got, []spec.Site{"Thread.wait_until/go-on", "canon_error_context_new/discard"}) {
		t.Errorf("not made under the profile: %v", got)
	}
	for _, c := range found {
		switch o := c.Observed; {
		case (o != nil) != c.Open:
			t.Errorf("%s: open: %v, observed: %v", c.Site, c.Open, o)
		case o != nil && (o.One == o.Two || len(o.Actions) == 0 || len(o.Actions) > 10):
			t.Errorf("%s: %s", c.Site, o)
		}
	}
}

// A choice that a definitions.py makes no longer is not left open there.
func TestFindOnSource(t *testing.T) {
	dir := os.Getenv("CABI_UPSTREAM")
	if dir == "" {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model")
	}
	pin, err := model.OpenSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	const from, to = "random.choice(list(candidates)).resume()", "min(candidates, key = lambda t: t.index).resume()"
	if strings.Count(pin.Text(), from) != 1 {
		t.Fatalf("definitions.py has %q %d times", from, strings.Count(pin.Text(), from))
	}
	file := filepath.Join(t.TempDir(), "definitions.py")
	if err := os.WriteFile(file, []byte(strings.Replace(pin.Text(), from, to, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	edited, err := model.OpenSource(file)
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[*model.Source]bool{pin: true, edited: false} {
		found, err := findIn([]*model.World{model.WorldByName("threads")}, source, 240)
		got := sites(found, func(c Choice) bool { return c.Open })
		if err != nil || !slices.Contains(got, "Task.request_cancellation/thread") || slices.Contains(got, "canon_lift/thread") != want {
			t.Errorf("%s leaves open: %v, %v", source.Name, got, err)
		}
	}
}
