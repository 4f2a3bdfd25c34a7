package python

import "testing"

// What a module holds, and its classes and functions, is found to change in place, also if that is undone. What is bound anew is not changed.
func TestHeld(t *testing.T) {
	const source = `
class C:
  kinds = {'a': [1]}
  def __init__(self): self.n = 0
  def grow(self, seen = []): seen.append(1)
  def count(self): self.n += 1
def counter():
  n = 0
  def count():
    nonlocal n
    n += 1
  return count
many = ([], {1})
one = C()
counting = counter()
other = 0
def bind():
  global other
  other = [C()]
  other[0].count()
def look(): return many[0] + [one.n] + C.kinds['a']
`
	for call, changed := range map[string]string{
		"C.kinds['a'].append(2)": "C.kinds", "C.kinds['b'] = 1": "C.kinds", "one.grow()": "C.grow", "one.count()": "one", "counting()": "counting",
		"many[0].append(1)": "many", "many[1].add(2)": "many", "bind()": "", "look()": "", "C().count()": "",
	} {
		m := New(Options{})
		mod, err := m.LoadSource("m", "m.py", source+"def act(): "+call+"\n")
		if err != nil {
			t.Fatal(err)
		}
		held := m.Held(mod)
		mark := m.Mark()
		act, _ := mod.Get("act")
		if _, err := m.Call(act); err != nil {
			t.Fatal(err)
		}
		if got := held.Changed(); got != changed {
			t.Errorf("%s: %q changed, expected %q", call, got, changed)
		}
		m.Rollback(mark)
		if got := held.Changed(); got != changed {
			t.Errorf("%s, undone: %q changed, expected %q", call, got, changed)
		}
	}
}
