package python

import (
	"errors"
	"strings"
	"testing"
)

// TestRefusals loads what is outside of the subset, or no Python: it is refused, with the line, before anything runs.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		source string
		line   int
		what   string
	}{
		{"x = 1\nasync def f(): pass", 2, "async"},
		{"def f():\n  await g()", 2, "await"},
		{"def f():\n  yield from g()", 2, "yield from"},
		{"import os", 1, "the module os"},
		{"from math import sin", 1, "math.sin"},
		{"from . import x", 1, "relative imports"},
		{"x = 1j", 1, "bad number"},
		{"x = 012", 1, "bad number"},
		{"class A(metaclass = B): pass", 1, "keywords"},
		{"class A:\n  def __getattr__(self, n): pass", 2, "__getattr__"},
		{"class A:\n  __hash__ = None", 2, "__hash__"},
		{"import foo.bar", 1, "the module foo.bar"},
		{"import collections.abc", 1, "from collections.abc import"},
		{"if TYPE_CHECKING:\n  pass\nimport json", 3, "the module json is outside of the subset, which has parts of __future__, collections.abc"},
		{"def f[T](T): pass", 1, "T is a type parameter"},
		{"class A[T]:\n  def f(self):\n    for T in []: pass", 3, "cannot assign"},
		{"setattr(1, 'a', 2)", 1, "write x.name = value"},
		{"x = f'{a # b\n}'", 1, "a comment"},
		{"x = f'{f\"{1}'", 1, "unterminated"},
		{"class A:\n  def f(self):\n    return self.__secret", 3, "private name"},
		{"try:\n  pass\nexcept* ValueError:\n  pass", 3, "except*"},
		{"match x:\n  case {'a': 1}: pass", 2, "mapping patterns"},
		{"print(eval('1'))", 1, "the built-in eval"},
		{"def f():\n  raise", 2, "except clause"},
		{"a @ b", 1, "operator @"},
		{"def f():\n  nonlocal x", 1, "nonlocal"},
		{"def f(x):\n  global x", 2, "parameter"},
		{"for x in y:\n  pass\nbreak", 3, "outside loop"},
		{"return 1", 1, "outside function"},
		{"if x:\npass", 2, "indented block"},
		{"if x:\n    a\n  b", 3, "unindent"},
		{"if x:\n\ty", 2, "tab"},
		{"(1,\n2", 2, "never closed"},
		{"x = 'a", 1, "unterminated"},
		{"f(a = 1, 2)", 1, "positional argument"},
		{"def f(a, a): pass", 1, "duplicate"},
		{"def f(a = 1, b): pass", 1, "non-default"},
		{"1 = x", 1, "cannot assign"},
		{"x = f'{a!x}'", 1, "conversions"},
		{"x = f'{}'", 1, "empty expression"},
		{"match x:\n  case y: pass\n  case 1: pass", 2, "unreachable"},
		{"match x:\n  case [a, a]: pass", 2, "multiple assignments"},
		{"x = '\\N{DASH}'", 1, "by the name"},
		{"é = 1", 1, "invalid character"},
		{"class A:\n  def f(self):\n    def g(): super().f()", 3, "super()"},
		{strings.Repeat("(", 500) + strings.Repeat(")", 500), 1, "parentheses"},
		{"x = " + strings.Repeat("-", 100000) + "1", 1, "too deeply"},
	} {
		var out strings.Builder
		_, err := New(Options{Output: &out}).LoadSource("m", "m.py", "print('ran')\n"+c.source)
		var r *Refusal
		if !errors.As(err, &r) || r.Line != c.line+1 || r.File != "m.py" || !strings.Contains(r.What, c.what) {
			t.Errorf("%.60q: %v; expected a refusal of %q at line %d", c.source, err, c.what, c.line+1)
		}
		if out.Len() > 0 {
			t.Errorf("%.60q ran before it was refused", c.source)
		}
	}
}

// TestRefusedValues runs lines that depend on what CPython does not fix: they are refused when they run, and cannot be caught.
func TestRefusedValues(t *testing.T) {
	for source, what := range map[string]string{
		"x = 1000\ny = 1000\nz = x is y":         "same object",
		"x = 'ab'\nz = x is 'ab'":                "same object",
		"nan = float('nan')\nz = [nan] == [nan]": "NaN",
		"print(repr({'a', 'b'}))":                "order",
		"print(repr(object()))":                  "address",
		"x = 2.0 ** 0.5":                         "power",
		"x = sum([0.1, 0.2])":                    "sum of floats",
		"x = 'a'.zfill(3)":                       "str.zfill",
		"x = {1, 2}.pop()":                       "set.pop",
		"import threading as TYPE_CHECKING\nif TYPE_CHECKING:\n  import json": "the module json",
		"import typing\nx = typing.Optional[int]()":                           "a call of",
		"from typing import TypeVar\nT = TypeVar('T')\nx = repr(T)":           "the text of a form of typing",
		"from collections.abc import Sized\nx = isinstance([], Sized)":        "a test for collections.abc.Sized",
		"from collections.abc import Sized\nx = issubclass(list, Sized)":      "a test for collections.abc.Sized",
		"x = '%d' % 5":                                 "%",
		"x = 'é'.upper()":                              "ASCII",
		"x = 'a'.encode('cp1252')":                     "encoding",
		"x = 'a'.encode('cp1252', 'surrogatepass')":    "encoding",
		"x = 'a'.encode('utf-16-le', 'surrogatepass')": "other handling",
		"x = 'a'.encode('utf-8', 'replace')":           "other handling",
		"x = [0] * 10 ** 10":                           "elements",
		"x = 1 << 10 ** 9":                             "bits",
		"import random\nx = random.randint(0, 1)":      "nothing to draw",
		"import threading\nx = list(map(lambda l: l.acquire(), [threading.Lock()] * 2))": "waits inside",
	} {
		_, err := New(Options{}).LoadSource("m", "m.py", "try:\n  pass\nexcept BaseException:\n  pass\n"+source)
		var r *Refusal
		if !errors.As(err, &r) || !strings.Contains(r.What, what) || r.Line != 4+strings.Count(source, "\n")+1 {
			t.Errorf("%q: %v; expected a refusal of %q", source, err, what)
		}
	}
}
