package engine

import (
	"strings"
	"testing"

	"cabi/spec"
)

const small = `def f(x):
  trap_if(x > 1)
  assert x > 2
  match x:
    case 3: trap()
  return x

def g(x):
  assert(x); assert(x)
`

// Sites that are switched off evaluate their conditions, in lines that keep their numbers, and say of themselves what they did.
func TestWithout(t *testing.T) {
	s, err := newSource("small.py", small)
	if err != nil {
		t.Fatal(err)
	}
	off, err := s.Without([]spec.Site{"f#1", "f#2", "f#3"})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("trap_if(", "(", "assert x >", " x >", "trap()", "pass").Replace(small)
	if off.text != want || off.Line(2) != "  trap_if(x > 1)" || s.text != small {
		t.Errorf("got\n%s\nwant\n%s\nline 2: %s", off.text, want, off.Line(2))
	}
	if kind, has := off.HasSite("f#3"); !has || kind != "trap" {
		t.Errorf("f#3: %q, %v", kind, has)
	}
}

// What is not there, or shares its line, is not switched off.
func TestWithoutRefuses(t *testing.T) {
	s, err := newSource("small.py", small)
	if err != nil {
		t.Fatal(err)
	}
	for site, want := range map[spec.Site]string{"f#4": "small.py has no f#4 to switch off; did you mean f#", "g#1": "small.py:9: g#1 cannot be switched off"} {
		if _, err := s.Without([]spec.Site{site}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", site, err)
		}
	}
	if _, err := s.WithBackpressure(2); err == nil || !strings.Contains(err.Error(), "small.py does not compare it with 2**16 in canon_backpressure_inc") {
		t.Errorf("backpressure: %v", err)
	}
}
