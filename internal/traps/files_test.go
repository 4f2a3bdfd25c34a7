package traps

import (
	"os"
	"path/filepath"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// Write replaces files, and removes the programs of an earlier page, but no file that it did not write.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	trap := &Trap{Site: "lift_own/own"}
	trace := &model.Trace{World: model.WorldByName("handles"), Variant: spec.SingleTable}
	earlier := map[string]string{Page: "earlier", trap.takes(): program(trace, trap.taken(Row{})), trap.goesWrong(): program(trace, trap.missing())}
	if err := Write(dir, earlier); err != nil {
		t.Fatal(err)
	}
	others := filepath.Join(dir, folder, "mine.cabi")
	if err := os.WriteFile(others, []byte("# Mine\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, map[string]string{Page: "new"}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, Page)); err != nil || string(text) != "new" {
		t.Errorf("the page is %q, %v", text, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, folder, "*")); err != nil || len(left) != 1 || left[0] != others {
		t.Errorf("%v is left, want %s", left, others)
	}
}

// The programs of a trap are named after it.
func TestProgramNames(t *testing.T) {
	if names := ProgramNames("Store.lift.func_inst/reentrance"); names[0] != "traps/store.lift.func_inst-reentrance.cabi" ||
		names[1] != "traps/store.lift.func_inst-reentrance-without.cabi" {
		t.Errorf("got %v", names)
	}
}
