package conformance

import (
	"testing"

	"cabi/internal/wast"
)

func number(text string) []wast.PlanValue { return []wast.PlanValue{{Kind: "u32", Text: text}} }

// What a driver answers is judged by what the step wants; the first step that is not as it is to be counts.
func TestJudge(t *testing.T) {
	trap := &wast.Step{Line: 3, Kind: wast.AssertTrap, Export: "f", Message: "unknown handle index 1"}
	result := &wast.Step{Line: 2, Kind: wast.AssertReturn, Export: "f", Want: number("7")}
	made := &wast.Step{Line: 1, Kind: wast.Component}
	invalid := &wast.Step{Line: 4, Kind: wast.AssertInvalid}
	for name, c := range map[string]struct {
		steps   []*wast.Step
		answers []Answer
		want    Verdict
		line    int
	}{
		"as wanted":                     {[]*wast.Step{made, result}, []Answer{{}, {Returned: number("7")}}, Pass, 0},
		"another value":                 {[]*wast.Step{made, result}, []Answer{{}, {Returned: number("8")}}, Differs, 2},
		"no value":                      {[]*wast.Step{made, result}, []Answer{{}, {}}, Differs, 2},
		"an error for a value":          {[]*wast.Step{result}, []Answer{{Stage: "call", Error: "wasm trap", Class: "RuntimeError"}}, Differs, 2},
		"the trap":                      {[]*wast.Step{trap}, []Answer{{Stage: "call", Error: "wasm trap: unknown handle index 1"}}, Pass, 0},
		"a trap in other words":         {[]*wast.Step{trap}, []Answer{{Stage: "call", Error: "no such handle", Class: "Error"}}, OtherWords, 3},
		"other words, then a value":     {[]*wast.Step{trap, result}, []Answer{{Stage: "call", Error: "no"}, {Returned: number("8")}}, Differs, 2},
		"a value, then other words":     {[]*wast.Step{result, trap}, []Answer{{Returned: number("8")}, {Stage: "call", Error: "no"}}, Differs, 2},
		"no trap":                       {[]*wast.Step{trap}, []Answer{{}}, Differs, 3},
		"JavaScript is wrong":           {[]*wast.Step{trap}, []Answer{{Stage: "call", Error: "x is not a function", Class: "TypeError"}}, Differs, 3},
		"never settled":                 {[]*wast.Step{trap}, []Answer{{Stage: "call", Error: "the promise is never settled", Class: "Pending"}}, Differs, 3},
		"a feature":                     {[]*wast.Step{made}, []Answer{{Stage: "compile", Error: "`thread.yield` requires the component model threading feature"}}, Unsupported, 1},
		"no feature":                    {[]*wast.Step{made}, []Answer{{Stage: "compile", Error: "type mismatch"}}, Differs, 1},
		"refused":                       {[]*wast.Step{invalid}, []Answer{{Stage: "compile", Error: "type mismatch"}}, Pass, 0},
		"refused for a feature":         {[]*wast.Step{invalid}, []Answer{{Stage: "compile", Error: "exceptions proposal not enabled"}}, Unsupported, 4},
		"accepted":                      {[]*wast.Step{invalid}, []Answer{{}}, Differs, 4},
		"the process ends":              {[]*wast.Step{made, result}, []Answer{{}}, Ends, 0},
		"skipped":                       {[]*wast.Step{result}, []Answer{{Skipped: "no instance"}}, Pass, 0},
		"text that the tools refuse":    {[]*wast.Step{{Kind: wast.AssertInvalid, Refused: "no"}}, []Answer{{}}, Pass, 0},
		"the empty message, and a trap": {[]*wast.Step{{Line: 3, Kind: wast.AssertTrap, Export: "f"}}, []Answer{{Stage: "call", Error: "anything", Class: "RuntimeError"}}, Pass, 0},
		"the empty message, and JavaScript is wrong": {[]*wast.Step{{Line: 3, Kind: wast.AssertTrap, Export: "f"}}, []Answer{{Stage: "call", Error: "x", Class: "TypeError"}}, Differs, 3},
		"another trap":                {[]*wast.Step{trap}, []Answer{{Stage: "call", Error: "cannot drop busy stream"}}, Differs, 3},
		"the trap with another index": {[]*wast.Step{trap}, []Answer{{Stage: "call", Error: "unknown handle index 3"}}, OtherWords, 3},
		"no trap of the component's":  {[]*wast.Step{trap}, []Answer{{Stage: "call", Error: "task [1] " + stackful, Class: "Error"}}, Differs, 3},
	} {
		if got := Judge(&wast.Plan{Steps: c.steps}, c.answers, "exit status 1"); got.Verdict != c.want || got.Line != c.line {
			t.Errorf("%s: %+v, want %s at line %d", name, got, c.want, c.line)
		}
	}
}

// The line that an exported file tells is named by its text; a result of another function is no line.
func TestAt(t *testing.T) {
	const text = ";;| world x\n;;| A: waitable-set.new -> 1 ; A.handles 1=waitable set\n(assert_return (invoke \"a-run\") (u32.const 7))\n(assert_return (invoke \"a-differs-at\") (u32.const 0))\n"
	for line, want := range map[int]string{3: "returned (u32.const 2)", 4: "differs at line 2, A: waitable-set.new -> 1"} {
		if got := (Result{Verdict: Differs, Line: line, Got: "returned (u32.const 2)"}).At(text); got.Got != want {
			t.Errorf("line %d: %q, want %q", line, got.Got, want)
		}
	}
}
