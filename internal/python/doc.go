/*
Package python runs the part of Python that upstream's definitions.py and run_tests.py are written in.

It is there so that the specification's own file can be explored: a run is data. Each thread of Python is a [Fiber], each call under way
a frame of it; a [Machine] holds them with all objects, and its state is written as bytes and restored from them. What the file draws
from random comes from Go, and a call can wait for Go in the middle.

# The subset

	modules      import m, import m as n, from m import a, b as c, from m import *; of the standard library the parts of dataclasses,
	             enum, functools, math, random, struct, threading, time, typing and collections.abc that makeModules lists
	             (TypedDict and NamedTuple are not); those that only if TYPE_CHECKING: imports may be any
	statements   assignments, also augmented, annotated, starred; if, for, while with else; break, continue, return, pass, del, assert;
	             try with except, else, finally; raise, also from and without an exception in a handler; with; global, nonlocal
	functions    defaults, positional and keyword-only parameters, *args, **kwargs, decorators, closures, generators, lambda
	classes      several bases, super(), properties, static and class methods, special methods that specialMethods lists, dataclasses
	             with init, repr, eq, order, frozen, kw_only, match_args and field(), Enum, IntEnum, auto(); __slots__; type parameters,
	             also of functions, and type statements, as CPython 3.12 has them: they are known, and no variables
	match        patterns of values, None, True, False, names, _, as, |, classes by position and keyword, sequences with *; guards
	expressions  all operators but @; chained comparisons, := , conditional expressions, comprehensions, slices, stars in displays and
	             calls, f-strings with !r, !s, = and formats, whose expressions may have the quotes of the string

Annotations are evaluated or not as in CPython, by the import of annotations from __future__.

# What is refused

A [Refusal] has the file and the line. What can be told from the text is refused when it is loaded: syntax outside of the subset,
modules, names of modules, built-ins, special methods. The rest is refused when the line runs; no except clause catches it: methods of
built-in types that CPython has and this package has not, and whatever depends on more than the text, such as the identity of equal
numbers and strings, addresses, the order of a set in its text, the last bit of a power. Nothing is to give another result than
CPython. Known exceptions:

  - A set of strings or objects is iterated in the order in which the elements came in; CPython's order depends on the process. Sets of
    numbers have CPython's order, as for a script that was not cached as a .pyc file.
  - Another thread goes on when one waits, sleeps, or has looped for some hundred steps; in CPython, at any time.
  - An exception that leaves a thread ends the run. CPython prints it and goes on with the other threads.
  - The texts of exceptions are those of CPython 3.11, where the tests show them; built-in functions called with too many arguments may
    have others. math.log2 may differ in the last bit for numbers that are no powers of two. The recursion limit counts calls of
    Python functions; CPython counts some calls of its own, too.

# States

[Machine.Freeze] makes what has been loaded and made the base of all states. [Machine.Encode] writes what differs: attributes of modules
and classes, the content of those objects of the base that has changed, the fibers that wait for Go, and all they reach. The same state
is written as the same bytes: objects are numbered as they are met, fields are in the order of the class's body, variables that are not
read again are left out. [Machine.Restore] changes the objects of the base in place, so that pointers to them stay good, and makes the
others anew. The traceback of an exception is no part of a state. [Machine.Immutable] says of which classes the objects of the base never
change; a change is then refused.

Machines share nothing, so that each worker has its own. Those that loaded the same and made the same objects in the same order exchange
states.

# Calls

[Machine.Load] runs a module. [Machine.Call] calls something and waits for the result. [Machine.Start] begins a call on a fiber, and
[Machine.Run] runs all fibers until they wait or have returned. A [Machine.Callable] is a function of Go that Python calls. If it returns
[ErrSuspend], the fiber waits: [Fiber.Suspension] tells in which call, [Machine.Resume] makes that return, [Machine.Throw] makes it raise,
and [Machine.CallOn] calls something from there, as a guest calls a built-in. [Machine.Observe] listens to calls by qualified name.
[Machine.Attr], [Instance.Get], [Module.Get], [Function.Variable] and the like walk the objects.
*/
package python
