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

// A Page says what the page of measurements is to contain.
type Page struct {
	Self        string            // the path of this program, which explores M in processes of its own
	Sizes       []M               // the sizes of M that this program and its peers explore
	LimitedSize M                 // the size of M that is explored within MemoryLimit
	MemoryLimit string            // as --memory takes it
	Replayed    []string          // worlds that are also explored with a replay for every transition
	Growing     []string          // worlds that are explored at several bounds
	Profiled    string            // the world that is profiled
	Progress    func(what string) // is called with what is measured next
}

// DefaultPage is the page docs/generated/performance.md. Its Self and Progress must be set.
func DefaultPage() Page {
	return Page{Sizes: []M{{2, 3, 2}, {2, 4, 1}, {2, 4, 2}}, LimitedSize: M{2, 4, 2}, MemoryLimit: "200MB",
		Replayed: []string{"borrows", "subtasks", "host-reads", "transfers", "threads", "switches", "cancel"},
		Growing:  []string{"subtasks", "cancel", "streams", "handles"}, Profiled: "cancel"}
}

// Write measures, and writes the page.
func (p Page) Write(w io.Writer) error {
	fmt.Fprintf(w, "# Performance\n\n%s\n\nMachine: %s.\n", wrap(introProse), machine())
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

// A rowWriter writes the row of a program that has explored a size of M.
type rowWriter func(program string, states int, transitions string, seconds float64, peak int64)

// writeComparison writes the rows of this program and its peers, for each size of M.
func (p Page) writeComparison(w io.Writer) error {
	fmt.Fprintf(w, "\n## The model M, side by side\n\n%s\n\n", wrap(comparisonProse))
	fmt.Fprintln(w, "| size | states | transitions | program | seconds | times cabi | memory, MB |\n|---|---:|---:|---|---:|---:|---:|")
	for _, m := range p.Sizes {
		p.Progress(fmt.Sprintf("M(%s)", m))
		cabi, err := p.exploreM(m)
		if err != nil {
			return err
		}
		row := func(program string, states int, transitions string, seconds float64, peak int64) {
			fmt.Fprintf(w, "| %s | %d | %s | %s | %.2f | %.1f | %d |\n", m, states, transitions, program, seconds, seconds/cabi.Seconds, peak>>20)
		}
		row("cabi, "+model.Counted(runtime.NumCPU(), "core"), cabi.States, fmt.Sprint(cabi.Transitions), cabi.Seconds, cabi.Peak)
		if err := p.writeOnOneCore(m, row); err != nil {
			return err
		}
		if err := p.writePeers(w, m, row); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "\n%s\n\n%s", wrap(earlierPeersProse), earlierPeers)
	return nil
}

// writeOnOneCore writes the rows of this program on one core and of the naive search.
func (p Page) writeOnOneCore(m M, row rowWriter) error {
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
	return nil
}

// writePeers writes the rows of the other model checkers. The row of one that is not installed says what is missing.
func (p Page) writePeers(w io.Writer, m M, row rowWriter) error {
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

// exploreM explores M in a process of its own, so that its memory can be measured.
func (p Page) exploreM(m M, args ...string) (Measurement, error) {
	var measured Measurement
	cmd := exec.Command(p.Self, append([]string{"bench", "m", "--json", "--size", m.String()}, args...)...)
	cmd.Env = append(os.Environ(), "CABI_TEST_MAIN=1") // the program of the tests needs it to be the command
	out, err := cmd.Output()
	if err != nil {
		return measured, fmt.Errorf("%s: %w", cmd, err)
	}
	return measured, json.Unmarshal(out, &measured)
}

// writeMemoryLimit writes what a search of M takes within the memory limit.
func (p Page) writeMemoryLimit(w io.Writer) error {
	p.Progress(fmt.Sprintf("M(%s) in %s", p.LimitedSize, p.MemoryLimit))
	m, err := p.exploreM(p.LimitedSize, "--memory", p.MemoryLimit)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n## Within a memory limit\n\n%s\n", wrap(fmt.Sprintf("`cabi bench m --size %s --memory %s` finds all %d states in %.1f s, with %.1f bytes a state in "+
		"memory and %d MB on disk. The process takes at most %d MB.", p.LimitedSize, p.MemoryLimit, m.States, m.Seconds, m.PerState, m.Disk>>20, m.Peak>>20)))
	return nil
}

// writeWorlds writes a row for each world that can be exhausted.
func (p Page) writeWorlds(w io.Writer) error {
	fmt.Fprintf(w, "\n## The worlds\n\n%s\n\n", wrap(worldsProse))
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

// writeReplayed compares searches as they are with searches that replay the whole path for every transition, and with searches
// that check nothing. The first two must find the same.
func (p Page) writeReplayed(w io.Writer) error {
	fmt.Fprintf(w, "\n## Replaying less\n\n%s\n\n", wrap(replayedProse))
	fmt.Fprintln(w, "| world | transitions | before | after | times | nothing checked |\n|---|---:|---:|---:|---:|---:|")
	for _, name := range p.Replayed {
		p.Progress(name + ", with a replay for every transition")
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
			return fmt.Errorf("world %s: %d states and %d transitions with a replay for every transition, and %d and %d without", name, before.States, before.Transitions,
				after.States, after.Transitions)
		}
		fmt.Fprintf(w, "| %s | %d | %.0f | %.0f | %.1f | %.0f |\n", name, after.Transitions, speed(before), speed(after), speed(after)/speed(before), speed(unchecked))
	}
	fmt.Fprintf(w, "\n## Against an earlier program\n\n%s\n\n%s", wrap(earlierProse), earlierTable)
	return nil
}

// writeGrowth writes how the cost of some worlds grows with their bounds.
func (p Page) writeGrowth(w io.Writer) error {
	fmt.Fprintf(w, "\n## How cost grows\n\n%s\n\n", wrap(growthProse))
	fmt.Fprintln(w, "| world, bound | states | times the row above | transitions | seconds | bytes a state | heap, MB |\n|---|---:|---:|---:|---:|---:|---:|")
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

// writeProfile writes where a search of a world, and one of M, spend their time.
func (p Page) writeProfile(w io.Writer) error {
	p.Progress("where the time goes")
	world := model.WorldByName(p.Profiled)
	fmt.Fprintf(w, "\n## Where the time goes\n\n%s\n\n", wrap(fmt.Sprintf(profileProse, world.Name)))
	worldShares, err := Profile(func() { MeasureWorld(world, world.Bounds, properties.For(world)) })
	if err != nil {
		return err
	}
	mShares, err := Profile(func() { search := (M{2, 4, 1}).Search(); search.Workers = runtime.NumCPU(); search.Run() })
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "| | %s | M |\n|---|---:|---:|\n", world.Name)
	for i, share := range worldShares {
		fmt.Fprintf(w, "| %s | %.0f %% | %.0f %% |\n", share.What, 100*share.Part, 100*mShares[i].Part)
	}
	return nil
}

// writeCosts writes what single operations cost that limit a search.
func (p Page) writeCosts(w io.Writer) error {
	p.Progress("single operations")
	fmt.Fprintf(w, "\n## What limits a search\n\n")
	fmt.Fprintln(w, "| cost | ns |\n|---|---:|")
	fmt.Fprintf(w, "| resuming a coroutine until it yields | %d |\n", SwitchTime().Nanoseconds())
	fmt.Fprintf(w, "| a panic through 1 call and its recovery | %d |\n", PanicTime(1).Nanoseconds())
	fmt.Fprintf(w, "| a panic through 30 calls and its recovery | %d |\n", PanicTime(30).Nanoseconds())
	fmt.Fprintf(w, "| a read at random in 256 MB | %d |\n", RandomReadTime(256<<20).Nanoseconds())
	fmt.Fprintf(w, "\n%s\n\n%s\n", wrap(costsProse), wrap(floorProse))
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
