package model

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cabi/spec"
)

const ownBuiltins = `world builtins
instance A  memory 16
func async A.run()  stackful
builtin thread.turn(thread) -> () = canon_thread_turn
builtin copy.all(stream-type, options, memory, readable-stream, pointer, length, i64) -> (i32, i64) = canon_copy_all
builtin pause(cancellable) -> i32 = canon_pause
menu A.run: thread.turn | copy.all u8 async | pause cancellable | waitable-set.new
addresses 4, 8
lengths 2
right-class
`

// A world with built-ins of its own is the same in both of its forms.
func TestBuiltinForms(t *testing.T) {
	w := must(ReadWorld(strings.NewReader(ownBuiltins)))
	want := []Builtin{
		{"thread.turn", []string{"thread"}, nil, "canon_thread_turn"},
		{"copy.all", []string{"stream-type", "options", "memory", "readable-stream", "pointer", "length", "i64"}, []string{"i32", "i64"}, "canon_copy_all"},
		{"pause", []string{"cancellable"}, []string{"i32"}, "canon_pause"},
	}
	if !reflect.DeepEqual(w.Builtins, want) {
		t.Errorf("%+v", w.Builtins)
	}
	if again := must(ReadWorld(strings.NewReader(w.Text()))); !reflect.DeepEqual(again, w) {
		t.Errorf("its text is\n%s", w.Text())
	}
	var twin World
	if err := json.Unmarshal([]byte(w.json()), &twin); err != nil || !reflect.DeepEqual(twin.Builtins, want) {
		t.Errorf("its JSON is %s, %v", w.json(), err)
	}
}

// menuOf is the menu of the first activation of an instance.
type menuOf struct{ menu []Action }

func (m *menuOf) Next(r *Run, at *Activation) Action {
	if at.Actor == Host {
		return Action{Op: opInvoke, Imm: []string{"A.run"}}
	}
	m.menu = r.Menu(at, r.World.Bounds, RightClassIndex)
	return Action{}
}

func (m *menuOf) Choose(spec.Site, int) int { return 0 }

// Menus offer built-ins with indices of the classes, addresses and lengths that they take.
func TestBuiltinMenu(t *testing.T) {
	w := must(ReadWorld(strings.NewReader(strings.Replace(ownBuiltins, "readable-stream,", "thread,", 1))))
	m := &menuOf{}
	r := NewRun(w, spec.Options{Choices: m, Variant: spec.SingleTable}, m)
	defer r.Close()
	r.Main()
	var got []string
	for _, a := range m.menu {
		got = append(got, a.String())
	}
	want := []string{"thread.turn 1", "copy.all u8 async 1 4 2 0", "copy.all u8 async 1 4 2 1", "copy.all u8 async 1 8 2 0", "copy.all u8 async 1 8 2 1",
		"pause cancellable", "waitable-set.new", "return"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// The port has no built-ins of a world: whatever would run one there says so.
func TestBuiltinsOnPort(t *testing.T) {
	w := must(ReadWorld(strings.NewReader(ownBuiltins)))
	lines := ownBuiltins + "host: invoke A.run\n"
	trace := must(ParseTrace(strings.NewReader(lines)))
	litmus := must(ParseLitmus(strings.NewReader(ownBuiltins + "in host\n  invoke A.run\n")))
	_, replayed := RunTrace(trace, trace.Variant)
	_, admitted := NewLog(trace).Admit(AdmitOptions{})
	_, explored := litmus.Explore(LitmusOptions{})
	for what, err := range map[string]error{"search": Search{World: w, Variant: spec.SingleTable}.Run().Err, "replay": replayed, "admits": admitted, "litmus": explored} {
		if err == nil || !strings.Contains(err.Error(), "the port has no thread.turn") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
