package upstream

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Judge has CPython make the run of a replay again, which may be one on a definitions.py of any version, and compares what guests and the
// host do and observe, and how the run stops. States are not compared: only those of the pin can all be written.
func (r *VersionRunner) Judge(again *model.Replay) (*Replayed, error) {
	if err := checkRun(again.Trace); err != nil {
		return nil, err
	}
	lines, err := r.Run(again.Trace.World, again.Actions, again.Choices)
	if err != nil {
		return nil, err
	}
	here, at := happensIn(again.Trace.Lines)
	return judged(again, here, at, happensThere(lines)), nil
}

// judged compares what happens in a replay, each with its line, with what happens on CPython.
func judged(again *model.Replay, here []string, at []int, there []string) *Replayed {
	r := &Replayed{Replay: again, Agree: len(again.Trace.Lines)}
	for i := range max(len(here), len(there)) {
		if a, b := lineAt(here, i), lineAt(there, i); a != b {
			r.Departs, r.Difference = true, "- "+a+"\n+ "+b+"\n"
			if i < len(at) {
				r.Agree = at[i]
			}
			return r
		}
	}
	return r
}

// happensIn is what happens in the lines of a trace, with the line of each: actions, entries, results that are not empty, and the stop.
func happensIn(lines []model.Line) (happens []string, at []int) {
	add := func(line int, text string) { happens, at = append(happens, text), append(at, line) }
	for i, l := range lines {
		switch l.Kind {
		case model.LineAction:
			add(i, l.Actor+": "+l.Text)
		case model.LineEnter:
			add(i, l.Actor+": enter "+l.Text)
		case model.LineStop:
			word, _, _ := strings.Cut(l.Text, " ")
			add(i, word)
		}
		if l.Results != "" && (l.Kind == model.LineAction || l.Kind == model.LineDone) {
			add(i, "-> "+l.Results)
		}
	}
	return happens, at
}

// happensThere is the same, of what driver.py writes.
func happensThere(lines []string) (happens []string) {
	loads := false // the action under way is memory.load, whose result traces have as bytes
	for _, l := range lines {
		words := strings.Fields(l)
		for i := range words {
			words[i] = shownFloat(words[i])
		}
		switch {
		case len(words) > 0 && words[0] == "=" && loads:
			happens, loads = append(happens, "-> "+shownBytes(words[1:])), false
		case len(words) > 3 && words[0] == ">":
			loads = words[3] == "memory.load"
			happens = append(happens, words[1]+": "+strings.Join(words[3:], " "))
		case len(words) > 2 && words[0] == "(":
			happens = append(happens, words[1]+": enter "+strings.Join(words[2:], " "))
		case len(words) > 1 && words[0] == "=":
			happens = append(happens, "-> "+strings.Join(words[1:], " "))
		case len(words) > 1 && words[0] == "!" && !slices.Contains(words, "end"):
			happens = append(happens, words[1])
		}
	}
	return happens
}

// shownBytes is bytes as traces have them, which driver.py writes as numbers.
func shownBytes(numbers []string) string {
	bytes := make([]byte, len(numbers))
	for i, n := range numbers {
		value, err := strconv.ParseUint(n, 10, 8)
		if err != nil {
			return strings.Join(numbers, " ")
		}
		bytes[i] = byte(value)
	}
	return model.FormatBytes(bytes)
}

// shownFloat is a float as traces have it, if a word of driver.py is one, with its bits.
func shownFloat(word string) string {
	digits, isFloat := strings.CutPrefix(word, "f64:0x")
	bits, err := strconv.ParseUint(digits, 16, 64)
	if !isFloat || err != nil {
		return word
	}
	return model.FormatCore(spec.CoreFloat(math.Float64frombits(bits)))
}
