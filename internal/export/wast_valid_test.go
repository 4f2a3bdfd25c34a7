package export

import (
	"testing"

	"cabi/internal/wast"
)

// Each exported file is a valid component by wasm-tools: the runner of this project checks fewer rules of validation.
func TestExportedFilesAreValid(t *testing.T) {
	r := newWastRun(t)
	for _, e := range written(t) {
		script, err := wast.Parse(e.text)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		for _, d := range script.Directives {
			if d.Component == nil {
				continue
			}
			binary, err := r.tools.Parse(d.Component.Text)
			if err == nil {
				err = r.tools.Validate(binary)
			}
			if err != nil {
				t.Errorf("%s, line %d: %v", e.name, d.Line, err)
			}
		}
	}
}
