package python

import (
	"strings"
	"testing"
)

// TestNewSyntax runs what CPython 3.12 has and 3.11, with which the other tests compare, has not.
func TestNewSyntax(t *testing.T) {
	for source, expected := range map[string]string{
		"d = {'a': {'b': 2}}\nprint(f\"{d[\"a\"][\"b\"]!r:>4}|{f\"{d[\"a\"]}\"}\")":                                             "   2|{'b': 2}\n",
		"print(f'{'{'}{'}'}{{}} {'a' + f'{'b'}'} {1 != 2} {\"\\n\".join(['c', 'd'])}')":                                         "{}{} ab True c\nd\n",
		"n = {'w': 5}\nprint(f'{1:{n['w']}}|{n['w']=}|{n\n['w']}', rf'\\{1}', f'\\t{2}')":                                       "    1|n['w']=5|5 \\1 \t2\n",
		"def f[T: int, *Ts, **P](x: T) -> T:\n  y: T = x\n  return y\nprint(f(3))":                                              "3\n",
		"class A[T]:\n  v: T\n  def get[U](self, T_: U) -> T: return (self, T)[0].v\nclass B(A[int]): v = 4\nprint(B().get(1))": "4\n",
		"class A[T]:\n  def __init__(self, v: T): self.v = v\nclass B[T](A[T]): pass\nprint(A[int](1).v, B[A[str]](2).v)":       "1 2\n",
		"type X = int | undefined\ntype Y[T] = list[T]\ntype = 3\nprint(type)":                                                  "3\n",
		"T = 5\ndef f[T]() -> T: return 1\nprint(T, f())":                                                                       "5 1\n",
	} {
		var out strings.Builder
		if _, err := New(Options{Output: &out}).LoadSource("m", "m.py", source); err != nil || out.String() != expected {
			t.Errorf("%s\nprints %q, %v; expected %q", source, out.String(), err, expected)
		}
	}
}
