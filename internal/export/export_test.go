package export

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	steps "cabi/internal/step"
	"cabi/model"
)

var write = flag.Bool("write", false, "write the golden files anew")

func read(t *testing.T, text string) *model.Trace {
	t.Helper()
	trace, err := model.ParseTrace(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

func load(t *testing.T, file string) *model.Trace {
	t.Helper()
	trace, err := readFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

func readFile(file string) (*model.Trace, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return model.ParseTrace(f)
}

// Each trace in testdata is exported as the files beside it say. A file holds the error if there is one.
func TestGolden(t *testing.T) {
	traces, err := filepath.Glob("testdata/*.cabi")
	if err != nil || len(traces) == 0 {
		t.Fatal(traces, err)
	}
	for _, file := range traces {
		trace := load(t, file)
		for _, f := range Formats {
			if f.Name == "html" { // most of it is the page itself: TestHTML looks at the data
				continue
			}
			got, err := f.Write(trace)
			if err != nil {
				got = "error: " + err.Error() + "\n"
			}
			golden := strings.TrimSuffix(file, ".cabi") + "." + f.Name
			if *write {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(golden); err != nil || string(want) != got {
				t.Errorf("%s is stale (%v): go test ./internal/export -run Golden -write", golden, err)
			}
		}
	}
}

// Each export contains the text of the trace with its choices, which can be replayed.
func TestReplayable(t *testing.T) {
	trace := load(t, "testdata/callback.cabi")
	trace.Choices = []uint32{1}
	marked := func(mark string) func(string) string {
		return func(text string) string {
			var b strings.Builder
			for line := range strings.Lines(text) {
				if rest, ok := strings.CutPrefix(line, mark); ok {
					b.WriteString(rest)
				}
			}
			return b.String()
		}
	}
	for name, extract := range map[string]func(string) string{
		"mermaid": marked(traceMark), "wast": marked(wastMark),
		"itf": func(text string) string {
			var file struct {
				Meta struct{ Trace string } `json:"#meta"`
			}
			if err := json.Unmarshal([]byte(text), &file); err != nil {
				t.Error(err)
			}
			return file.Meta.Trace
		},
		"svg": func(text string) string { return metadataOf(t, text) },
		"html": func(text string) string {
			return dataOf(t, text).Play.Trace
		},
	} {
		for _, f := range Formats {
			if f.Name != name {
				continue
			}
			text, err := f.Write(trace)
			if err != nil {
				t.Fatal(err)
			}
			again := read(t, extract(text))
			if replay, err := model.RunTrace(again, again.Variant); err != nil || replay.Departs != nil || len(again.Choices) != 1 {
				t.Errorf("%s: %v, departs at %v, choices %v", name, err, replay.Departs, again.Choices)
			}
		}
	}
}

// An ITF file has a state before the first line and one after each line, and each state has every variable.
func TestITF(t *testing.T) {
	text, err := ITF(load(t, "testdata/lend.cabi"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vars   []string                     `json:"vars"`
		States []map[string]json.RawMessage `json:"states"`
	}
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.States) < 8 {
		t.Errorf("%d states", len(file.States))
	}
	for i, s := range file.States {
		for _, v := range file.Vars {
			if s[v] == nil {
				t.Errorf("state %d lacks %s", i, v)
			}
		}
	}
	if lent := string(file.States[5]["tables"]); !strings.Contains(lent, `"#bigint": "1"`) || !strings.Contains(lent, "own handle of R rep=100, lent: 1") {
		t.Errorf("the tables are %s", lent)
	}
}

// Tasks and their threads are shown also where no instance has a handle.
func TestTasksWithoutHandles(t *testing.T) {
	trace := read(t, "world tasks\nhost: invoke A.stackful\nA: thread.suspend uncancellable\n")
	_, states, err := recordStates(trace)
	if err != nil {
		t.Fatal(err)
	}
	last, suspended := states[len(states)-1], states[len(states)-2]
	if len(last.Tables) > 0 || len(last.Tasks) != 1 || !slices.Equal(last.Tasks[0].Threads, []string{"waits to be resumed"}) {
		t.Fatalf("after the call the state is %+v", last)
	}
	if suspended.Line != "A: thread.suspend uncancellable" || !slices.Equal(suspended.Tasks[0].Threads, []string{"waits to be resumed"}) {
		t.Errorf("after the line that suspends, the state is %+v", suspended)
	}
	for name, write := range map[string]func(*model.Trace) (string, error){"itf": ITF, "html": HTML} {
		if text, err := write(trace); err != nil || !strings.Contains(text, "waits to be resumed") {
			t.Errorf("%s does not show the suspended task (%v)", name, err)
		}
	}
}

// A pageData is the data of a page of one trace.
type pageData struct{ Play *steps.Recording }

func dataOf(t *testing.T, page string) (data pageData) {
	t.Helper()
	m := regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page has no data")
	}
	if err := json.Unmarshal([]byte(m[1]), &data); err != nil {
		t.Fatal(err)
	}
	return data
}

// The page of a trace has all of its actions, in order, and each moment's scene.
func TestHTML(t *testing.T) {
	trace := load(t, "testdata/lend.cabi")
	html, err := HTML(trace)
	if err != nil {
		t.Fatal(err)
	}
	play := dataOf(t, html).Play
	lent := false
	for _, m := range play.Moments {
		if m.Scene >= len(play.Scenes) {
			t.Errorf("there is no scene %d", m.Scene)
		}
	}
	lent = strings.Contains(string(play.Instances), `"lent":1`)
	if len(play.Moments) < 4 || !lent {
		t.Errorf("%d moments, lent: %v", len(play.Moments), lent)
	}
}

const hostile = `# </pre><script>alert(1)</script> <img src=x onerror=alert(1)>
world x<script>alert(1)</script>
define {"name":"x<script>alert(1)</script>","instances":[{"name":"EVIL"}],"funcs":[{"name":"EVIL.run"}]}
host: invoke EVIL.run
EVIL: waitable-set.new
`

// hostileTrace is a trace with names that would be markup: also those that no trace can have that is read.
func hostileTrace(t *testing.T) *model.Trace {
	t.Helper()
	trace := read(t, hostile)
	evil := func(text *string) { *text = strings.ReplaceAll(*text, "EVIL", "A</script><b>") }
	evil(&trace.World.Instances[0].Name)
	evil(&trace.World.Funcs[0].Name)
	for i := range trace.Lines {
		evil(&trace.Lines[i].Actor)
		evil(&trace.Lines[i].Text)
	}
	return trace
}

// Names that would be markup in a format are escaped.
func TestHostileNames(t *testing.T) {
	trace := hostileTrace(t)
	html, err := HTML(trace)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := HTML(load(t, "testdata/lend.cabi"))
	if err != nil {
		t.Fatal(err)
	}
	tags := regexp.MustCompile(`<[/!a-zA-Z]`)
	count := func(text string) int { return len(tags.FindAllString(text, -1)) }
	// what is between the last tags is data and the script of the page, which is the same in both
	if strings.Contains(html, "alert(1)</script>") || strings.Contains(html, "<img") || strings.Contains(html, "<b>") || count(html) != count(plain) {
		t.Errorf("%d tags, of an ordinary trace %d", count(html), count(plain))
	}
	if strings.Contains(html, "http://") || strings.Contains(html, "https://") {
		t.Error("the page refers to another site")
	}
	if !strings.Contains(html, "default-src 'none'; script-src 'sha256-") {
		t.Error("the page has no content security policy")
	}
	diagram, err := Mermaid(trace)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(diagram) {
		if !strings.HasPrefix(line, traceMark) && strings.ContainsAny(strings.ReplaceAll(line, "->>", ""), "<>&") {
			t.Errorf("not escaped: %s", line)
		}
	}
	if _, err := WAST(trace); err == nil || !strings.Contains(err.Error(), "is no name there") {
		t.Errorf("a .wast with such a name: %v", err)
	}
}

// The parentheses of each exported file match, each line that is told is one of the trace, and the same trace gives the same file.
func TestExportedText(t *testing.T) {
	for _, e := range written(t) {
		lines := strings.Split(e.text, "\n")
		for _, m := range comparison.FindAllStringSubmatch(e.text, -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil || !regexp.MustCompile(`^;;[|+] (\S+: |start |choices )`).MatchString(lines[n-1]) {
				t.Errorf("%s: line %s is told, which is %s", e.name, m[1], lines[n-1])
			}
		}
		if e.trace == nil {
			continue
		}
		if again, err := WAST(e.trace); err != nil || again != e.text {
			t.Errorf("%s: another text comes of it the second time (%v)", e.name, err)
		}
		if rest := unmatched(e.text); rest != "" {
			t.Errorf("%s: parentheses: %s\n%s", e.name, rest, e.text)
		}
	}
}

var wastTokens = regexp.MustCompile(`;;.*|"(\\.|[^"\\])*"|[()]`)

// unmatched says what is wrong with the parentheses of a .wast.
func unmatched(text string) string {
	depth := 0
	for _, token := range wastTokens.FindAllString(text, -1) {
		switch token {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth < 0 {
			return "one too many is closed"
		}
	}
	if depth > 0 {
		return "one is not closed"
	}
	return ""
}

// A trace that departs from what happens when it is replayed is not exported.
func TestDeparting(t *testing.T) {
	trace := read(t, "world handles\nA: resource.new R 100 -> 7\n")
	for _, f := range Formats {
		if _, err := f.Write(trace); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// Parameters are passed flat or, if they are too many, in memory.
func TestWASTOfManyParameters(t *testing.T) {
	const text = `world many
instance A  memory 64
instance B  memory 64
func async A.run()  stackful
func async B.take(TYPES)  stackful
import A  B.take async
host: invoke A.run
A: enter A.run
A: call B.take ARGS
B: enter B.take 0 0 0 0
B: task.return ()
B: return
A: task.return ()
A: return
`
	four := strings.NewReplacer("TYPES", "u8, u8, u8, u8", "ARGS", "0 0 0 0").Replace(text)
	five := strings.NewReplacer("TYPES", "u8, u8, u8, u8, u8", "ARGS", "0", "0 0 0 0", "0 0 0 0 0").Replace(text)
	for trace, params := range map[string]string{four: "(param i32 i32 i32 i32) (result i32)", five: "(param i32) (result i32)"} {
		wast, err := WAST(read(t, trace))
		if err != nil || !strings.Contains(wast, "(func $call-B.take "+params+")") {
			t.Errorf("%v: %s", err, wast)
		}
	}
}
