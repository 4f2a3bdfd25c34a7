package python

import "testing"

// A function is constant if its body is only a constant or a variable of an outer function, and it takes nothing.
func TestConstant(t *testing.T) {
	m := New(Options{})
	module, err := m.LoadSource("functions", "functions.py", `
def outer(x):
  return [lambda: True, lambda: x, lambda: not x, lambda y: True, lambda: f(), lambda *z: True]
def f():
  return True
made = outer(7)
`)
	if err != nil {
		t.Fatal(err)
	}
	v, _ := module.Get("made")
	want := []Value{true, 7, nil, nil, nil, nil}
	for i, f := range v.(*List).Items() {
		got, is := f.(*Function).Constant()
		if is != (want[i] != nil) || got != want[i] {
			t.Errorf("function %d: %v, %v, want %v", i, got, is, want[i])
		}
	}
}
