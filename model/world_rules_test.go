package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cabi/spec"
)

// brokenWorlds break a rule each: what stands in the world of a trace, beside two instances A, with a memory, and N, with none.
var brokenWorlds = []struct{ rule, rest string }{
	{"type", `"funcs":[{"name":"A.f","params":["list<_>"]}]`},
	{"type", `"funcs":[{"name":"A.f","params":["option<_>"]}]`},
	{"type", `"funcs":[{"name":"A.f","params":["record{a: _}"]}]`},
	{"type", `"funcs":[{"name":"A.f","results":["tuple<u8,_>"]}]`},
	{"labels", `"funcs":[{"name":"A.f","params":["flags{aB}"]}]`},
	{"labels", `"funcs":[{"name":"A.f","params":["enum{a,A}"]}]`},
	{"labels", `"funcs":[{"name":"A.f","params":["record{a-1b: u8, a-1B: u8}"]}]`},
	{"labels", `"funcs":[{"name":"A.f","params":["variant{1a}"]}]`},
	{"flags", `"funcs":[{"name":"A.f","params":["` + flagsOf(33) + `"]}]`},
	{"map-key", `"funcs":[{"name":"A.f","params":["map<f32,u8>"]}]`},
	{"map-key", `"funcs":[{"name":"A.f","params":["map<list<u8>,u8>"]}]`},
	{"fixed-length", `"funcs":[{"name":"A.f","params":["list<u8,0>"]}]`},
	{"size", `"funcs":[{"name":"A.f","params":["list<u8,400000000>"]}]`},
	{"size", `"funcs":[{"name":"A.f","params":["list<list<u64,65536>,65536>"]}]`},
	{"size", `"funcs":[{"name":"A.f","params":["list<list<string,16777216>>"]}]`},
	{"stream-char", `"funcs":[{"name":"A.f","params":["stream<char>"]}]`},
	{"stream-char", `"funcs":[{"name":"A.f"}],"menus":{"A":["stream.new char"]}`},
	{"element-borrow", `"resources":[{"name":"R","impl":"A"}],"funcs":[{"name":"A.f","params":["future<borrow<R>>"]}]`},
	{"element-borrow", `"resources":[{"name":"R","impl":"A"}],"funcs":[{"name":"A.f","params":["stream<list<option<borrow<R>>>>"]}]`},
	{"element-borrow", `"resources":[{"name":"R","impl":"A"}],"funcs":[{"name":"A.f"}],"menus":{"A.f":["future.new borrow<R>"]}`},
	{"result-borrow", `"resources":[{"name":"R","impl":"A"}],"funcs":[{"name":"A.f","results":["borrow<R>"]}]`},
	{"result-borrow", `"resources":[{"name":"R","impl":"A"}],"funcs":[{"name":"A.f","results":["result<u8,borrow<R>>"]}]`},
	{"result-borrow", `"resources":[{"name":"R","impl":"A"}],"funcs":[{"name":"A.f"}],"menus":{"A":["task.return (borrow<R>)"]}`},
	{"one-result", `"funcs":[{"name":"A.f","results":["u8","u8"]}]`},
	{"one-result", `"funcs":[{"name":"A.f"}],"menus":{"A":["task.return (u8,u8)"]}`},
	{"async-lift", `"funcs":[{"name":"A.f","lift":"callback"}]`},
	{"async-lift", `"funcs":[{"name":"A.f","lift":"stackful"}]`},
	{"async-lower", `"funcs":[{"name":"N.f"}],"imports":[{"instance":"A","func":"N.f","async":true}]`},
	{"post-return", `"funcs":[{"name":"A.f","lift":"callback","async":true,"post_return":true}]`},
	{"post-return", `"funcs":[{"name":"host.f","post_return":true}]`},
	{"memory", `"funcs":[{"name":"N.f","params":["string"]}]`},
	{"memory", `"funcs":[{"name":"N.f","results":["list<u8>"]}]`},
	{"memory", `"funcs":[{"name":"N.f","results":["tuple<u8,u8>"]}]`},
	{"memory", `"funcs":[{"name":"N.f","params":["list<u8,17>"]}]`},
	{"memory", `"funcs":[{"name":"A.f","params":["string"]}],"imports":[{"instance":"N","func":"A.f"}]`},
	{"memory", `"funcs":[{"name":"A.f","async":true}],"imports":[{"instance":"N","func":"A.f","async":true}]`},
	{"memory", `"funcs":[{"name":"N.f"}],"menus":{"N":["stream.read u8 async"]}`},
	{"memory", `"funcs":[{"name":"N.f"}],"menus":{"N.f":["waitable-set.poll uncancellable"]}`},
	{"memory", `"funcs":[{"name":"N.f"}],"menus":{"N":["error-context.new"]}`},
	{"memory", `"funcs":[{"name":"N.f"}],"menus":{"N":["task.return (string)"]}`},
	{"local-resource", `"resources":[{"name":"R","impl":"A"}],"funcs":[{"name":"N.f"}],"menus":{"N":["resource.new R"]}`},
	{"local-resource", `"resources":[{"name":"R","impl":"A"}],"funcs":[{"name":"N.f"}],"menus":{"N.f":["resource.rep R"]}`},
}

// flagsOf is a type of flags with so many labels.
func flagsOf(n int) string {
	var labels []string
	for i := range n {
		labels = append(labels, fmt.Sprintf("l%d", i))
	}
	return "flags{" + strings.Join(labels, ",") + "}"
}

// definedWorld is the header of a trace in such a world.
func definedWorld(rest string) string {
	return `world w` + "\n" + `define {"name":"w","instances":[{"name":"A","memory":64},{"name":"N"}],` + rest + "}\n"
}

// Each rule about worlds refuses the worlds that break it, and says which it is; what is next to it passes.
func TestRulesOfWorlds(t *testing.T) {
	for _, b := range brokenWorlds {
		_, err := ParseTrace(strings.NewReader(definedWorld(b.rest)))
		wantInvalid(t, b.rest, err, b.rule)
	}
	for _, rest := range []string{
		`"funcs":[{"name":"A.f","params":["` + flagsOf(32) + `"]}]`,
		`"funcs":[{"name":"A.f","params":["map<string,f32>","list<u8,65536>","stream","future","result","variant{a,B2-c(u8)}"],"results":["list<stream<string>>"]}]`,
		`"resources":[{"name":"R","impl":"A","dtor":true}],"funcs":[{"name":"N.f","params":["list<borrow<R>,16>"]}],"menus":{"R.dtor":["resource.new R"],"N":["resource.drop R"]}`,
		`"funcs":[{"name":"N.f","params":["stream<string>"],"async":true,"lift":"stackful"}],"menus":{"N":["stream.read _ async","future.new string","task.return ()"]}`,
		`"funcs":[{"name":"N.f","results":["tuple<u8,u8>"],"async":true,"lift":"stackful"}],"imports":[{"instance":"A","func":"N.f","async":true}]`,
	} {
		if _, err := ParseTrace(strings.NewReader(definedWorld(rest))); err != nil {
			t.Errorf("%s: %v", rest, err)
		}
	}
}

// A type that is larger than this program has room for is refused, and not in the name of validation.
func TestLargestValue(t *testing.T) {
	_, err := ParseTrace(strings.NewReader(definedWorld(`"funcs":[{"name":"A.f","params":["list<u8,65537>"]}]`)))
	if invalid := new(Invalid); err == nil || errors.As(err, &invalid) {
		t.Errorf("%v, want an error that blames no rule", err)
	}
}

func wantInvalid(t *testing.T, what string, err error, rule string) {
	t.Helper()
	var invalid *Invalid
	if !errors.As(err, &invalid) || invalid.Rule.Name != rule {
		t.Errorf("%s: %v, want rule %s", what, err, rule)
	}
}

// brokenActions break a rule each, as the last line of a trace in a world with all kinds of core functions.
var brokenActions = []struct{ rule, lines string }{
	{"core-type", "host: invoke A.run\nA: call B.see"},
	{"core-type", "host: invoke A.run\nA: call B.see 4294967296"},
	{"core-type", "host: invoke A.run\nA: call B.see 1 2"},
	{"core-type", "host: invoke A.run\nA: call B.wide 1.5"},
	{"core-type", "host: invoke A.run\nA: return 1"},
	{"core-type", "host: invoke A.one\nA: return"},
	{"core-type", "host: invoke A.callback\nA: return"},
	{"core-type", "host: invoke A.callback\nA: return 4294967297"},
	{"core-type", "host: invoke A.run\nA: task.return (u8)"},
	{"core-type", "host: invoke A.run\nA: resource.new R 4294967296"},
	{"core-type", "host: invoke A.run\nA: resource.drop R 18446744073709551615"},
	{"core-type", "host: invoke A.run\nA: stream.read u8 async 1 4294967296 1"},
	{"core-type", "host: invoke A.run\nA: thread.new-indirect i32 0 4294967296"},
	{"core-type", "host: invoke A.run\nA: context.set i32 0 4294967296"},
	{"context", "host: invoke A.run\nA: context.get i32 2"},
	{"context", "host: invoke A.run\nA: context.set i64 0 1\nA: context.get i32 0"},
	{"local-resource", "host: invoke B.see 1\nB: resource.rep R 1"},
	{"memory", "host: invoke B.see 1\nB: waitable-set.poll uncancellable 1 0"},
	{"stream-char", "host: invoke A.run\nA: stream.new char"},
	{"result-borrow", "host: invoke A.run\nA: task.return (borrow<R>) 1"},
	{"one-result", "host: invoke A.run\nA: task.return (u8,u8) 1 2"},
}

const actionsWorld = `world w
define {"name":"w","instances":[{"name":"A","memory":64},{"name":"B"},{"name":"C","memory":64,"memory64":true}],"resources":[{"name":"R","impl":"A"}],` +
	`"funcs":[{"name":"A.run"},{"name":"A.one","results":["u8"]},{"name":"A.callback","async":true,"lift":"callback"},{"name":"B.see","params":["borrow<R>"]},` +
	`{"name":"B.wide","params":["u64"]},{"name":"C.run"}],"imports":[{"instance":"A","func":"B.see"},{"instance":"A","func":"B.wide"}]}
`

// Each rule about actions refuses those that break it; the widest values that fit pass.
func TestRulesOfActions(t *testing.T) {
	for _, b := range brokenActions {
		wantInvalid(t, b.lines, replayed(t, actionsWorld+b.lines+"\n"), b.rule)
	}
	for _, lines := range []string{
		"host: invoke A.run\nA: call B.wide 18446744073709551615",
		"host: invoke A.run\nA: resource.new R 4294967295",
		"host: invoke A.one\nA: return 4294967295",
		"host: invoke A.callback\nA: return 0",
		"host: invoke C.run\nC: stream.new u8\nC: stream.read u8 async 1 4294967296 0",
		"host: invoke A.run\nA: context.set i64 1 4294967296",
	} {
		if err := replayed(t, actionsWorld+lines+"\n"); err != nil {
			t.Errorf("%s: %v", lines, err)
		}
	}
}

// replayed is the error of reading a trace, or of what it does.
func replayed(t *testing.T, text string) error {
	t.Helper()
	trace, err := ParseTrace(strings.NewReader(text))
	if err == nil {
		_, err = RunTrace(trace, trace.Variant)
	}
	return err
}

// Each rule is broken by a test, and each is in the list of rules.
func TestRulesAreTested(t *testing.T) {
	tested := map[string]bool{}
	for _, b := range brokenWorlds {
		tested[b.rule] = true
	}
	for _, b := range brokenActions {
		tested[b.rule] = true
	}
	for _, r := range Rules {
		if !tested[r.Name] {
			t.Errorf("no test breaks the rule %s", r.Name)
		}
		delete(tested, r.Name)
	}
	if len(tested) > 0 {
		t.Errorf("rules that are not in the list: %v", tested)
	}
}

// A rule keeps an assert true, not a trap, and each assert stands under one rule.
func TestRulesKeepAsserts(t *testing.T) {
	var all []spec.Site
	for _, r := range Rules {
		all = append(all, r.Keeps...)
	}
	slices.Sort(all)
	if distinct := slices.Compact(slices.Clone(all)); len(distinct) != len(all) {
		t.Errorf("an assert stands under two rules: %v", all)
	}
}

// An instance may import what it exports: a component may lower a function that it has lifted.
func TestOwnExportIsNoBadInput(t *testing.T) {
	if _, err := ParseTrace(strings.NewReader(definedWorld(`"funcs":[{"name":"A.f"}],"imports":[{"instance":"A","func":"A.f"}]`))); err != nil {
		t.Error(err)
	}
}

// The vocabulary keeps apart all actions that have other immediates.
func TestMostImmediates(t *testing.T) {
	for name, op := range ops {
		if len(op.imm) > mostImmediates {
			t.Errorf("%s has %d immediates", name, len(op.imm))
		}
	}
}
