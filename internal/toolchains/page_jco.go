package toolchains

import (
	"fmt"
	"slices"
	"strings"
)

// besides is what the page says of jco.
func besides(b *strings.Builder, all []*Beside) {
	b.WriteString(beforeBesides)
	sessions, calls, same := 0, 0, 0
	total, without := map[string]int{}, map[string]bool{}
	for _, c := range all {
		why := map[string]int{}
		for _, d := range c.Differences {
			why[d.Why]++
		}
		if why[ByNoSuspends] > 0 {
			fmt.Fprintf(b, "| %s | %d | %d | not under node 20 | | |\n", c.Component, c.Sessions, c.Calls)
			continue
		}
		if len(c.Differences) == 0 {
			without[c.Component] = true
		}
		fmt.Fprintf(b, "| %s | %d | %d | %d | %s | %s |\n", c.Component, c.Sessions, c.Calls, c.Same, dotted(why[ByNumbers]), dotted(why[ByDisposing]))
		sessions, calls, same = sessions+c.Sessions, calls+c.Calls, same+c.Same
		for k, n := range why {
			total[k] += n
		}
	}
	fmt.Fprintf(b, "| **in both** | **%d** | **%d** | **%d** | **%d** | **%d** |\n", sessions, calls, same, total[ByNumbers], total[ByDisposing])
	fmt.Fprintf(b, afterBesides, len(without), sessions-total[ByNumbers]-total[ByDisposing]-total[""], sessions, total[ByDisposing])
	if total[""] > 0 {
		fmt.Fprintf(b, "- %d sessions differ for a reason that is not known.\n", total[""])
	}
	for _, c := range all {
		i := slices.IndexFunc(c.Differences, func(d Beyond) bool { return d.Why == ByNoSuspends })
		if i >= 0 {
			b.WriteString("- Async components need `WebAssembly.Suspending` of the engine, which node 20 has not.\n")
			break
		}
	}
}

// dotted is a number, or a dot for none.
func dotted(n int) string {
	if n == 0 {
		return "·"
	}
	return fmt.Sprint(n)
}

const beforeBesides = `
## What agrees with jco

The same calls were made under node 20, where jco 1.35.0 had transpiled the components to JavaScript, with the same host. A session is compared
up to the first call that gives something else: that call and those behind it are not *same*. The last two columns count sessions that
differ, by why they do.

| component | sessions | calls | same | differ by numbers | differ by ` + "`dispose`" + ` |
|---|---|---|---|---|---|
`

const afterBesides = `
Of %d components no session differs. In all, %d of %d sessions give the same.

- *By numbers*: the indices that jco gives are others than those of the specification, in two ways. Each resource type is numbered by itself, and
  a handle that a component returns keeps its place in the component's table as long as the host has it, where ` + "`lift_own`" + ` of
  ` + "`definitions.py`" + ` removes it, so that the next handle gets its index. Both are jco's departures, and neither would show if the
  programs did not take indices for what handles stand for ([below](#why)). A session is counted here if it gives yet something else
  under jco when the indices in its tables begin at 1001 and nothing else is changed; or if it then gives what the
  specification gives with indices far from 0.
- *By ` + "`dispose`" + `*: in %d sessions the host drops one of several resources that a function returned in a list, and jco drops the last of the list
  instead ([findings/jco-disposes-the-last.sh](../findings/jco-disposes-the-last.sh)). These sessions are as recorded once the function that
  drops takes its own handle.
`
