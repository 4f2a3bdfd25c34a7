package wast

import (
	"context"
	"os"
	"testing"

	"cabi/spec"
)

// The end of the context ends a report within a file: what ran before is told, what did not is skipped, and nothing that failed is made up.
func TestInterrupted(t *testing.T) {
	script, err := Parse(string(must(os.ReadFile("../../examples/scripts/answer.wast"))))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	runs := 0
	report := &Report{Variant: spec.SingleTable, EveryChoice: true, Bounds: Bounds{1, 100}}
	report.Make(ctx, []File{{"a.wast", Prepare(script, nil)}, {"b.wast", Prepare(script, nil)}}, func(string) {
		if runs++; runs == 2 { // the second instance
			cancel()
		}
	})
	if !report.Interrupted || report.Code() != 3 || len(report.Files) != 1 {
		t.Fatalf("interrupted %v, code %d, %d files", report.Interrupted, report.Code(), len(report.Files))
	}
	if f := report.Files[0]; f.count(Skipped) != 2 || f.count(Failed) != 0 || f.count(Passed) != 6 {
		t.Errorf("outcomes %v", f.Outcomes)
	}
}

// Core code that never returns ends with the context too.
func TestInterruptedLoop(t *testing.T) {
	loop := "\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x08\x01\x00\x0a\x09\x01\x07\x00\x03\x40\x0c\x00\x0b\x0b"
	program := Prepare(&Script{Directives: []*Directive{{Kind: Component, Core: true, Component: &Source{Binary: []byte(loop), Core: true}}}}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	runner := NewRunner(ctx)
	defer runner.Close()
	runner.drawn = cancel
	if o := runner.Run(program, Policy, spec.SingleTable); o[0] != notRun {
		t.Errorf("got %v", o[0])
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
