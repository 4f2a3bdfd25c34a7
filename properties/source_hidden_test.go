package properties_test

import "testing"

// A part of the state is seen wherever a definitions.py keeps it: each of these files stops at the second representation that is asked for,
// and not at the first.
func TestSourceHiddenState(t *testing.T) {
	text := definitions(t)
	const rep = "def canon_resource_rep(rt, i):\n"
	first := func(before, body string) []string { return []string{rep, before + rep + body} }
	for name, edit := range map[string][]string{
		"a variable":  first("count = 0\n", "  global count\n  count += 1\n  assert(count < 2)\n"),
		"a list":      first("seen = []\n", "  seen.append(1)\n  assert(len(seen) < 2)\n"),
		"an object":   first("class Seen:\n  n = 0\nseen = Seen()\n", "  seen.n += 1\n  assert(seen.n < 2)\n"),
		"a default":   {rep, "def canon_resource_rep(rt, i, seen = []):\n  seen.append(1)\n  assert(len(seen) < 2)\n"},
		"a closure":   first("def counter():\n  n = 0\n  def count():\n    nonlocal n\n    n += 1\n    return n\n  return count\ncount = counter()\n", "  assert(count() < 2)\n"),
		"an iterator": first("left = iter([1, 2])\n", "  assert(next(left) < 2)\n"),
		"a generator": first("def count():\n  yield 1\n  yield 2\nleft = count()\n", "  assert(next(left) < 2)\n"),
		"a type":      first("", "  rt.seen = getattr(rt, 'seen', 0) + 1\n  assert(rt.seen < 2)\n"),
		"a table":     first("", "  t = current_thread().task.inst.handles\n  t.seen = getattr(t, 'seen', 0) + 1\n  assert(t.seen < 2)\n"),
		"a flag":      first("", "  inst = current_thread().task.inst\n  assert(inst.may_leave < 2)\n  inst.may_leave += 1\n"),
		"bytes":       first("", "  inst = current_thread().task.inst\n  inst.seen = getattr(inst, 'seen', b'') + b'x'\n  assert(len(inst.seen) < 2)\n"),
		"a class":     first("class Seen:\n  n = 0\n", "  Seen.n += 1\n  assert(Seen.n < 2)\n"),
	} {
		search := searchOf("handles", 4)
		search.Source = sourceOf(t, text, edit...)
		report := search.Run()
		if report.Err != nil || len(report.Violations) == 0 || report.Violations[0].Property != "no-assertion-failure" {
			t.Errorf("%s: %v, %v, want an assertion that fails", name, report.Err, report.Violations)
		}
	}
}
