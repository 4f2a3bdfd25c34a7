package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A Page is what the page of measurements is made of.
type Page struct {
	Self        string            // the program that explores M in a process of its own
	Sizes       []M               // of M, for this program and its peers
	LimitedSize M                 // explored in Limit of memory
	MemoryLimit string            // as --memory takes it
	Replayed    []string          // worlds that are explored with every run made anew, too
	Growing     []string          // worlds that are explored at several bounds
	Profiled    string            // the world that says where the time goes
	Progress    func(what string) // hears what is being measured
}

// DefaultPage is the page docs/generated/performance.md.
func DefaultPage() Page {
	return Page{Sizes: []M{{2, 3, 2}, {2, 4, 1}, {2, 4, 2}}, LimitedSize: M{2, 4, 2}, MemoryLimit: "200MB",
		Replayed: []string{"borrows", "subtasks", "host-reads", "transfers", "threads", "switches", "cancel"},
		Growing:  []string{"subtasks", "cancel", "streams", "handles"}, Profiled: "cancel"}
}

// Write measures, and writes the page.
func (p Page) Write(w io.Writer) error {
	fmt.Fprintf(w, "# Performance\n\nThis page is made by `cabi bench page`; `make bench` runs it. It measures; nothing here is asserted by a test but the counts of\nstates.\n\nMachine: %s.\n", machine())
	for _, section := range []func(io.Writer) error{p.writeComparison, p.writeMemoryLimit, p.writeWorlds, p.writeReplayed, p.writeGrowth, p.writeProfile, p.writeCosts} {
		if err := section(w); err != nil {
			return err
		}
	}
	return nil
}

func machine() string {
	cpu := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, found := strings.CutPrefix(line, "model name\t: "); found {
			cpu = strings.TrimSpace(name)
		}
	}
	return fmt.Sprintf("%s, %d cores, %s, %s", cpu, runtime.NumCPU(), runtime.GOOS, runtime.Version())
}

// side is M beside its peers.
func (p Page) writeComparison(w io.Writer) error {
	fmt.Fprintf(w, "\n## The model M, side by side\n\n%s\n\n", wrap(`M(T,H,L) is two handle tables: own handles of T types are made in the first, dropped, lent up to L times,
given back and moved between the tables, while at most H live in each. This program explores it over the specification's own table and
handle code; the naive search is a map and a queue in Go over the same code, with one core. The others explore a model of the same
tables: SPIN one in Promela (`+"`internal/bench/spin.go`"+` writes it), with one core; TLC one in TLA+ (`+"`internal/bench/peers/M.tla`"+`); Stateright one in
Rust (`+"`internal/bench/peers/stateright.rs`"+`). None uses a symmetry or another reduction, and nothing is checked but, by Stateright, that at most
H live in a table: it stops at once if it is asked nothing. What their models are compiled to is made before: a time is that of the
process that explores, for TLC with starting Java and reading the model. TLC's memory is what Java takes at its defaults. How many
states there are is known in closed form, and this page is not made if one finds another number.`))
	fmt.Fprintln(w, "| size | states | transitions | who | seconds | times this | memory, MB |\n|---|---:|---:|---|---:|---:|---:|")
	for _, m := range p.Sizes {
		p.Progress(fmt.Sprintf("M(%s)", m))
		own, err := p.exploreM(m)
		if err != nil {
			return err
		}
		row := func(who string, states int, transitions string, seconds float64, peak int64) {
			fmt.Fprintf(w, "| %s | %d | %s | %s | %.2f | %.1f | %d |\n", m, states, transitions, who, seconds, seconds/own.Seconds, peak>>20)
		}
		row("cabi, "+model.Counted(runtime.NumCPU(), "core"), own.States, fmt.Sprint(own.Transitions), own.Seconds, own.Peak)
		one, err := p.exploreM(m, "--workers", "1")
		if err != nil {
			return err
		}
		row("cabi, 1 core", one.States, "", one.Seconds, one.Peak)
		naive, err := p.exploreM(m, "--naive")
		if err != nil {
			return err
		}
		row("naive, 1 core", naive.States, "", naive.Seconds, naive.Peak)
		if err := p.writePeers(w, m, row); err != nil {
			return err
		}
	}
	return nil
}

// peers is the rows of other programs, or what is missing of them.
func (p Page) writePeers(w io.Writer, m M, row func(who string, states int, transitions string, seconds float64, peak int64)) error {
	for _, peer := range peers {
		p.Progress(fmt.Sprintf("M(%s) with %s", m, peer.name))
		found, err := peer.explore(m)
		if err != nil {
			fmt.Fprintf(w, "| %s | | | %s: %s | | | |\n", m, found.Name, firstLine(err))
			continue
		}
		transitions := ""
		if found.Transitions > 0 {
			transitions = fmt.Sprint(found.Transitions)
		}
		row(found.Name+", "+model.Counted(found.Cores, "core"), found.States, transitions, found.Seconds, found.Peak)
		if err := found.check(m); err != nil {
			return err
		}
	}
	return nil
}

// own explores M in a process of its own, so that its memory is known.
func (p Page) exploreM(m M, args ...string) (Measurement, error) {
	var measured Measurement
	cmd := exec.Command(p.Self, append([]string{"bench", "m", "--json", "--size", m.String()}, args...)...)
	cmd.Env = append(os.Environ(), "CABI_TEST_MAIN=1") // if it is the tests' program
	out, err := cmd.Output()
	if err != nil {
		return measured, fmt.Errorf("%s: %w", cmd, err)
	}
	return measured, json.Unmarshal(out, &measured)
}

func (p Page) writeMemoryLimit(w io.Writer) error {
	p.Progress(fmt.Sprintf("M(%s) in %s", p.LimitedSize, p.MemoryLimit))
	m, err := p.exploreM(p.LimitedSize, "--memory", p.MemoryLimit)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n## Within a memory\n\n%s\n", wrap(fmt.Sprintf("`cabi bench m --size %s --memory %s`: %d states, which is what there are; %.1f s, "+
		"%.1f bytes a state in memory, %d MB on disk; the process took %d MB at most.", p.LimitedSize, p.MemoryLimit, m.States, m.Seconds, m.PerState, m.Disk>>20, m.Peak>>20)))
	return nil
}

func (p Page) writeWorlds(w io.Writer) error {
	fmt.Fprintf(w, "\n## The worlds\n\n%s\n\n", wrap(`Every world that can be exhausted, at its default bound, with everything checked that is checked by default, on all cores. A
transition is an action, and, unless it could be taken in the same run as others of its state, everything that led to it. Stopped are
transitions that end in a trap or another stop. The time of a transition is that of all cores together.`))
	fmt.Fprintln(w, "| world | states | transitions | stopped | depth | seconds | transitions/s | µs a transition | bytes a state |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, world := range model.Worlds {
		if !world.Random {
			p.Progress(world.Name)
			writeWorldRow(w, world.Name, MeasureWorld(world, world.Bounds, properties.For(world)))
		}
	}
	return nil
}

func writeWorldRow(w io.Writer, name string, m WorldMeasurement) {
	fmt.Fprintf(w, "| %s | %d | %d | %.0f %% | %d | %.1f | %.0f | %.1f | %.1f |\n", name, m.States, m.Transitions,
		100*float64(m.Stopped)/float64(m.Transitions), m.Depth, m.Seconds, float64(m.Transitions)/m.Seconds, m.CPU*1e6/float64(m.Transitions), m.PerState)
}

// anew is what it takes not to make everything anew.
func (p Page) writeReplayed(w io.Writer) error {
	fmt.Fprintf(w, "\n## Before and after\n\n%s\n\n", wrap(`The same with a run, a store and checkers of its own for every transition, as the search was first
written, and as it is; and as it is with nothing checked. Transitions a second, on all cores, at two actions fewer.`))
	fmt.Fprintln(w, "| world | transitions | before | after | times | nothing checked |\n|---|---:|---:|---:|---:|---:|")
	for _, name := range p.Replayed {
		p.Progress(name + ", every run anew")
		world := model.WorldByName(name)
		s := model.Search{World: world, Variant: spec.SingleTable, Bounds: world.Bounds, Workers: runtime.NumCPU(), KeepGoing: true}
		s.Bounds.Steps -= 2
		speed := func(m WorldMeasurement) float64 { return float64(m.Transitions) / m.Seconds }
		unchecked := Measure(s)
		s.Properties = properties.For(world)
		after := Measure(s)
		s.Replay = true
		before := Measure(s)
		if before.Transitions != after.Transitions || before.States != after.States {
			return fmt.Errorf("world %s: %d states and %d transitions with every run anew, and %d and %d without", name, before.States, before.Transitions,
				after.States, after.Transitions)
		}
		fmt.Fprintf(w, "| %s | %d | %.0f | %.0f | %.1f | %.0f |\n", name, after.Transitions, speed(before), speed(after), speed(after)/speed(before), speed(unchecked))
	}
	return nil
}

func (p Page) writeGrowth(w io.Writer) error {
	fmt.Fprintf(w, "\n## How cost grows\n\n%s\n\n", wrap(`The same at smaller bounds: so many actions; and so many handles or tasks, at the default bound of actions.`))
	fmt.Fprintln(w, "| world, bound | states | times the last | transitions | seconds | bytes a state | heap, MB |\n|---|---:|---:|---:|---:|---:|---:|")
	for _, name := range p.Growing {
		p.Progress(name + ", at several bounds")
		last, bound := 0, ""
		for _, m := range Growth(model.WorldByName(name), properties.For(model.WorldByName(name))) {
			times := ""
			if last > 0 && m.Bound == bound {
				times = fmt.Sprintf("%.2f", float64(m.States)/float64(last))
			}
			last, bound = m.States, m.Bound
			fmt.Fprintf(w, "| %s, %s %d | %d | %s | %d | %.2f | %.1f | %d |\n", name, m.Bound, m.Value, m.States, times, m.Transitions, m.Seconds, m.PerState, m.Heap>>20)
		}
	}
	return nil
}

func (p Page) writeProfile(w io.Writer) error {
	p.Progress("where the time goes")
	world := model.WorldByName(p.Profiled)
	fmt.Fprintf(w, "\n## Where the time goes\n\n%s\n\n", wrap(fmt.Sprintf(`Of exploring %s with everything checked, and of exploring M(2,4,1), as a profile of the
processor has it. A sample belongs to the innermost function that has a line here.`, world.Name)))
	real, err := Profile(func() { MeasureWorld(world, world.Bounds, properties.For(world)) })
	if err != nil {
		return err
	}
	m, err := Profile(func() { search := (M{2, 4, 1}).Search(); search.Workers = runtime.NumCPU(); search.Run() })
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "| | %s | M |\n|---|---:|---:|\n", world.Name)
	for i := range real {
		fmt.Fprintf(w, "| %s | %.0f %% | %.0f %% |\n", real[i].What, 100*real[i].Part, 100*m[i].Part)
	}
	return nil
}

func (p Page) writeCosts(w io.Writer) error {
	p.Progress("what the limits are")
	fmt.Fprintf(w, "\n## The limits\n\n")
	fmt.Fprintln(w, "| cost | ns |\n|---|---:|")
	fmt.Fprintf(w, "| resuming a coroutine, and its yield | %d |\n", SwitchTime().Nanoseconds())
	fmt.Fprintf(w, "| a panic through 1 call, and its recovery | %d |\n", PanicTime(1).Nanoseconds())
	fmt.Fprintf(w, "| a panic through 30 calls, and its recovery | %d |\n", PanicTime(30).Nanoseconds())
	fmt.Fprintf(w, "| a read at random in 256 MB | %d |\n", RandomReadTime(256<<20).Nanoseconds())
	fmt.Fprintf(w, "\n%s\n", wrap(`A stack that stands cannot be copied. So an action that resumes a thread that stood, or suspends the one that runs, or returns, costs a
run from the start: as many actions as the state is deep, a switch of coroutines or two for each thread that they resume, and at its end a
panic through every stack. Of the transitions that do not do that, what they changed is put back in place, and the next is taken from there. What
the first kind costs, and the memory that the specification's own objects take in each run, is what limits worlds, and not looking up
states, which is one or two reads at random. M has no stacks, so that nothing is made again: there, half of the time is the specification's own table
code, and most of what is left are reads of the visited states at random, which are asked for in batches so that they do not wait for each other.`))
	return nil
}

// wrap breaks text into lines of at most 120 characters.
func wrap(text string) string {
	var b strings.Builder
	length := 0
	for _, word := range strings.Fields(text) {
		if length > 0 && length+1+len(word) > 120 {
			b.WriteString("\n")
			length = 0
		} else if length > 0 {
			b.WriteString(" ")
			length++
		}
		b.WriteString(word)
		length += len(word)
	}
	return b.String()
}
