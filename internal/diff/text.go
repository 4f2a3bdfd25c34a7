package diff

import (
	"regexp"
	"slices"
	"strings"

	"cabi/internal/engine"
	"cabi/internal/port"
	"cabi/model"
	"cabi/properties"
)

// A Definition is a class, function or constant that two versions do not have in common.
type Definition struct {
	Name string `json:"name"`
	How  string `json:"how"` // added, removed or changed
}

// A Line is a line of the new version's definitions.py.
type Line struct {
	Number int    `json:"line"`
	Text   string `json:"text"`
	In     string `json:"in"` // the definition that it is in
}

// A textDiff is what changed from one definitions.py to another.
type textDiff struct {
	definitions []Definition
	lines       []Line       // of the new one that changed, and on which something can be run
	touched     map[int]bool // the same, and with a minus, the lines beside those that are gone
	reached     map[int]bool // those of the lines that some run has reached
	loaded      map[int]bool // lines that are run when the file is loaded
	exact       bool         // the lines are known one by one; otherwise they are all lines of the definitions that changed
}

// compareText compares the texts of two versions.
func compareText(old, new *Version) *textDiff {
	d := &textDiff{touched: map[int]bool{}, reached: map[int]bool{}}
	if !new.onPython() {
		return d
	}
	before := engine.Pinned()
	if old.onPython() {
		before = old.Source.Definitions()
	}
	d.compareDefinitions(before, new.Source.Definitions())
	lines := strings.Split(new.text, "\n")
	if d.exact = old.text != ""; d.exact {
		d.compareLines(strings.Split(old.text, "\n"), lines)
	} else {
		d.takeDefinitions(new.Source.Definitions(), len(lines))
	}
	d.noteLoaded(new)
	for n := range lines {
		if text := lines[n]; d.touched[n+1] && code(text) != "" {
			d.lines = append(d.lines, Line{n + 1, strings.TrimSpace(text), definitionAt(new.Source.Definitions(), n+1)})
		}
	}
	return d
}

// noteLoaded notes the lines that changed and that are run when the new version is loaded, whatever it does then.
func (d *textDiff) noteLoaded(new *Version) {
	d.loaded = map[int]bool{}
	bare := new.noting()
	if _, err := bare.Source.NewMachine(nil); err != nil {
		return // it was loaded before
	}
	for line := range d.touched {
		if n := max(line, -line); wasRun(bare, n) {
			d.loaded[n] = true
		}
	}
}

func (d *textDiff) compareDefinitions(old, new []*port.Definition) {
	hashes := map[string]string{}
	for _, o := range old {
		hashes[o.Name] = o.Hash
	}
	for _, n := range new {
		hash, was := hashes[n.Name]
		switch {
		case !was:
			d.definitions = append(d.definitions, Definition{n.Name, "added"})
		case hash != n.Hash:
			d.definitions = append(d.definitions, Definition{n.Name, "changed"})
		}
		delete(hashes, n.Name)
	}
	for _, o := range old {
		if _, gone := hashes[o.Name]; gone {
			d.definitions = append(d.definitions, Definition{o.Name, "removed"})
		}
	}
}

// takeDefinitions takes all lines of the definitions that changed, with those of the definitions inside.
func (d *textDiff) takeDefinitions(definitions []*port.Definition, last int) {
	for i, def := range definitions {
		end := last
		if k := slices.IndexFunc(definitions[i+1:], func(o *port.Definition) bool { return !strings.HasPrefix(o.Name, def.Name+".") }); k >= 0 {
			end = definitions[i+1+k].Line - 1
		}
		if slices.ContainsFunc(d.definitions, func(c Definition) bool { return c.Name == def.Name }) {
			for n := def.Line; n <= end; n++ {
				d.touched[n] = true
			}
		}
	}
}

// definitionAt is the name of the definition that a line is in.
func definitionAt(definitions []*port.Definition, line int) string {
	name := ""
	for _, def := range definitions {
		if def.Line <= line {
			name = def.Name
		}
	}
	return name
}

// code is a line of Python without its comment; empty: there is nothing else.
func code(line string) string {
	if i := strings.Index(line, "#"); i >= 0 && !strings.ContainsAny(line[:i], `'"`) {
		line = line[:i]
	}
	return strings.TrimRight(line, " \t\r")
}

// compareLines finds the lines of the new text that are not in the old one, in order, and marks those beside lines that are gone.
func (d *textDiff) compareLines(old, new []string) {
	type numbered struct {
		text string
		at   int
	}
	strip := func(lines []string) (kept []numbered) {
		for i, l := range lines {
			if c := code(l); c != "" {
				kept = append(kept, numbered{c, i + 1})
			}
		}
		return kept
	}
	a, b := strip(old), strip(new)
	start := 0
	for start < min(len(a), len(b)) && a[start].text == b[start].text {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1].text == b[endB-1].text {
		endA, endB = endA-1, endB-1
	}
	// longest[i][j] is how many lines a[i:endA] and b[j:endB] have in common.
	longest := make([][]int32, endA-start+1)
	for i := range longest {
		longest[i] = make([]int32, endB-start+1)
	}
	for i := endA - 1; i >= start; i-- {
		for j := endB - 1; j >= start; j-- {
			at := &longest[i-start][j-start]
			if *at = max(longest[i-start+1][j-start], longest[i-start][j-start+1]); a[i].text == b[j].text {
				*at = longest[i-start+1][j-start+1] + 1
			}
		}
	}
	beside := func(j int) {
		for _, k := range []int{j - 1, j} {
			if k >= 0 && k < len(b) {
				d.touched[-b[k].at] = true
			}
		}
	}
	for i, j := start, start; i < endA || j < endB; {
		switch {
		case i < endA && j < endB && a[i].text == b[j].text:
			i, j = i+1, j+1
		case j < endB && (i == endA || longest[i-start][j-start+1] >= longest[i-start+1][j-start]):
			d.touched[b[j].at] = true
			j++
		default:
			beside(j)
			i++
		}
	}
}

// ranTouched are the lines that changed, or are beside those that are gone, and that the new version ran.
func (d *textDiff) ranTouched(v *Version) (ran []int) {
	return d.touchedThat(func(line int) bool { return wasRun(v, line) && !d.loaded[line] })
}

// ranAfter are those that a version ran more often than another run of it did, which was counted as well.
func (d *textDiff) ranAfter(v, before *Version) (ran []int) {
	return d.touchedThat(func(line int) bool {
		n := statementAt(v, line)
		return v.Source.Ran().Times(n) > before.Source.Ran().Times(n)
	})
}

func (d *textDiff) touchedThat(is func(line int) bool) (lines []int) {
	for line := range d.touched {
		if n := max(line, -line); !slices.Contains(lines, n) && is(n) {
			lines = append(lines, n)
		}
	}
	slices.Sort(lines)
	return lines
}

// wasRun reports whether a line was run.
func wasRun(v *Version, line int) bool { return v.Source.Ran().Run(statementAt(v, line)) }

// statementAt is the line on which the statement begins that a line is of, or if the line opens a block, the first statement in that.
func statementAt(v *Version, line int) int {
	lines := v.Source.Ran()
	at := strings.Split(v.text, "\n")
	n := line
	if opens := strings.HasSuffix(strings.TrimSpace(code(at[n-1])), ":"); opens && !lines.Begins(n) {
		for n < len(at) && !lines.Begins(n) {
			n++
		}
	}
	for n > 1 && !lines.Begins(n) {
		n--
	}
	return n
}

// notRun are the lines that changed and that no run reached.
func (d *textDiff) notRun() (not []Line) {
	for _, l := range d.lines {
		if !d.reached[l.Number] {
			not = append(not, l)
		}
	}
	return not
}

// A Sentence is a sentence of upstream's prose from which a promise comes.
type Sentence struct {
	Property string `json:"property"`
	File     string `json:"file"`
	Sentence string `json:"sentence"`
}

var (
	quoted  = regexp.MustCompile(`"((?:[^"]|"\w[^"]*\w")*)"`)
	inProse = regexp.MustCompile(`(CanonicalABI|Concurrency|Explainer)\.md`)
)

// changedSentences are the sentences from which promises come, and that the prose of the old version has and that of the new has not.
func changedSentences(old, new *Version) (changed []Sentence) {
	for _, p := range properties.Promises() {
		for _, s := range sentencesOf(p) {
			before, after := old.prose[s.File], new.prose[s.File]
			if before == "" || after == "" {
				continue
			}
			if has(before, s.Sentence) && !has(after, s.Sentence) {
				changed = append(changed, s)
			}
		}
	}
	return changed
}

// sentencesOf are the sentences that the origin of a property quotes, each from the file that is named before it.
func sentencesOf(p *model.Property) (sentences []Sentence) {
	file := ""
	files := inProse.FindAllStringIndex(p.Origin, -1)
	for _, q := range quoted.FindAllStringSubmatchIndex(p.Origin, -1) {
		for _, f := range files {
			if f[0] < q[0] {
				file = p.Origin[f[0]:f[1]]
			}
		}
		if text := p.Origin[q[2]:q[3]]; file != "" && len(strings.Fields(text)) > 2 {
			sentences = append(sentences, Sentence{p.Name, file, text})
		}
	}
	return sentences
}

// has reports whether prose has a sentence; […] stands for what is left out.
func has(prose, sentence string) bool {
	prose = normal(prose)
	for part := range strings.SplitSeq(sentence, "[…]") {
		i := strings.Index(prose, strings.Trim(normal(part), " ,.;"))
		if i < 0 {
			return false
		}
		prose = prose[i:]
	}
	return true
}
