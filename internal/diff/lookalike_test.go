package diff

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/model"
)

// A violation that an edit brings is new even if the old version has one of the same promise and kind, by another cause: here the buffer of a
// future's copy that was cancelled stays pending, and the pin drops a future while a write is pending.
func TestLookalikeIsNew(t *testing.T) {
	upstream := os.Getenv("CABI_UPSTREAM")
	if upstream == "" {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model")
	}
	old, err := Open(upstream, "")
	if err != nil {
		t.Fatal(err)
	}
	const cancel = "  def cancel(self):\n    self.reset_and_notify_pending(CopyResult.CANCELLED)\n"
	at := strings.LastIndex(old.text, cancel) // that of futures
	if at < 0 {
		t.Fatal("definitions.py has no such line")
	}
	file := filepath.Join(t.TempDir(), "definitions.py")
	edited := old.text[:at] + strings.Replace(cancel, "reset_and_notify_pending", "pending_on_copy_done", 1) + old.text[at+len(cancel):]
	if err := os.WriteFile(file, []byte(edited), 0o666); err != nil {
		t.Fatal(err)
	}
	c := newComparison(Options{Old: open(t, Port), New: open(t, file), States: 2000, Workers: 2})
	w := model.WorldByName("futures")
	c.checkPromises(w, &World{}, c.New, true)
	const property, kind = "no-assertion-failure", "SharedFutureImpl.drop/pending-read"
	if !slices.ContainsFunc(c.report.Promises, func(b Broken) bool {
		return b.Verdict == New && b.Property == property && b.Kind == kind && strings.HasSuffix(b.Shape, "which is not copying")
	}) {
		t.Errorf("it is not told as new: %+v", c.report.Promises)
	}
	if !slices.Contains(c.left, property) {
		t.Errorf("the one that is known is not left: %v", c.left)
	}
	for _, b := range c.report.Promises {
		if b.Verdict == Cured {
			t.Errorf("it seems to be cured: %+v", b)
		}
	}
}
