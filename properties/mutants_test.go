package properties

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cabi/internal/mutants"
	"cabi/model"
	"cabi/spec"
)

// Searches and promises judge the mutants of spec/: make mutants. docs/mutants.md has the score, and what is known of those that live.

// notPort are the files of spec/ that have no mutants: the frames are made of the others, and what runs them is no part of the port.
var notPort = []string{"frames.go", "frames_gen.go"}

// A stage judges mutants: tests that run one after the other in one process. A test is "TestQuick/cancel", or has no part.
type stage struct {
	name    string
	tests   []string
	flags   []string
	seconds int // of a CPU that a mutant may take more than four times what the tests take without one; then it hangs
}

// stages are all stages, the cheap ones first.
func stages() []stage {
	var quick, further, promises, verdicts []string
	for _, w := range model.Worlds {
		if !w.Random {
			quick = append(quick, "TestQuick/"+w.Name)
			further = append(further, "TestFurther/"+w.Name)
			promises = append(promises, "TestPromises/worlds/"+w.Name)
		}
	}
	for _, w := range Corners() {
		quick = append(quick, "TestCorners/"+w.Name)
	}
	for _, s := range scopes {
		for _, v := range spec.Variants {
			if !(s.world == "waitables" && draws(v)) {
				verdicts = append(verdicts, "TestVerdicts/"+s.world+"/"+v.Name)
			}
		}
	}
	values := []string{"TestLayout", "TestGuestsPass", "TestBadValuesTrap", "TestPlacesObeyed", "TestValuesCross", "TestStreamsCarry",
		"TestElementsCross", "TestSelfCopies", "TestAlikeTypesAreOne", "TestErrorContextsKeepTheirMessage", "TestStringsAligned", "TestStringsPlaced", "TestDiscriminants", "TestFloats", "TestFlattens", "TestVariantsPadded", "TestAsyncFlatResults", "TestResultsFit",
		"TestStringsStored", "TestListsStored", "TestCharsStored", "TestNaNsScrambled", "TestHandlesStored", "TestStorageKept", "TestRepsKept", "TestSubtaskAtTheEnd", "TestTickOfNone",
		"TestMessagesDiscarded", "TestFunctionsOfTables", "TestDroppedLeaveSets", "TestHostToldOfCopies", "TestHostThreadsRun", "TestLongestValues", "TestFindingsRemain", "TestFlagsInside",
		"TestThreadsAmongHandles"}
	all := []stage{
		{"values", values, []string{"-test.failfast", "-rapid.seed=1", "-rapid.nofailfile", "-rapid.shrinktime=0s"}, 8},
		{"searches", quick, []string{"-test.failfast", "-test.v"}, 10},
		{"variants", verdicts, []string{"-test.failfast"}, 20},
		{"further searches", further, []string{"-test.failfast", "-test.v"}, 90},
	}
	if os.Getenv("CABI_LONG") != "" {
		all = append(all, stage{"promises", promises, []string{"-test.failfast", "-test.short"}, 60})
	}
	return all
}

// A judgment is what came of a mutant.
type judgment struct {
	Mutant string
	Line   int
	By     string `json:",omitempty"` // the stage that noticed it, and the test; empty: none
	How    string `json:",omitempty"` // the property that is violated, or that it hangs
	Met    int    // how many of the tests come to it
	Differ string `json:",omitempty"` // of one that lives: the first search that sees other states with it
}

// lives reports whether neither a search nor a promise noticed the mutant.
func (j judgment) lives() bool { return j.By == "" }

// TestMutants judges the mutants of spec/, and writes a line for each into the file that CABI_MUTANTS names. Those that the file says are noticed are not
// judged again.
func TestMutants(t *testing.T) {
	file := os.Getenv("CABI_MUTANTS")
	if file == "" {
		t.Skip("judges each mutant of spec/: make mutants")
	}
	schema := schemaOf(t)
	known := judgments(t, file)
	out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	j := newJudge(t, schema)
	every, n := max(1, envNumber(t, "CABI_MUTANTS_EVERY")), 0
	part, parts := partOf(t)
	begun := time.Now()
	judged, lived := 0, 0
	for _, m := range schema.Mutants {
		if n++; n%every != 0 || n/every%parts != part-1 {
			continue
		}
		before, is := known[m.Name()]
		if !is || before.lives() {
			before = j.judge(m)
			line, err := json.Marshal(before)
			if err == nil {
				_, err = out.Write(append(line, '\n'))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if judged++; before.lives() {
			lived++
			t.Logf("lives: %s (line %d)", m.Name(), m.Line)
		}
		if judged%20 == 0 {
			fmt.Printf("%s: %d judged, %d live, at %s:%d\n", time.Since(begun).Round(time.Second), judged, lived, m.File, m.Line)
		}
	}
	t.Logf("%d mutants: %d are noticed by a search or a promise, %d live: %.1f%%", judged, judged-lived, lived, 100*float64(judged-lived)/float64(max(1, judged)))
}

// TestSchemaOfSpec checks that spec/ with all its mutants is a package of which frames can be made, and that few mutants have no switch.
func TestSchemaOfSpec(t *testing.T) {
	t.Parallel()
	schema := schemaOf(t)
	replaced := map[string]string{}
	dir := t.TempDir()
	for path, text := range inSpec(t, schema.Files) {
		replaced[path] = filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(replaced[path], []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	root, err := filepath.Abs("../spec")
	if err != nil {
		t.Fatal(err)
	}
	made, err := framesOf(root, replaced)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(made, "mutant(") {
		t.Error("the frames have no mutants")
	}
	alone, kinds := 0, map[mutants.Kind]int{}
	for _, m := range schema.Mutants {
		kinds[m.Kind]++
		if m.Alone {
			alone++
		}
	}
	t.Logf("%d mutants, of which %d have no switch: %v", len(schema.Mutants), alone, kinds)
	if n := len(schema.Mutants); n < 2000 || alone > n/50 {
		t.Errorf("%d mutants, of which %d have no switch", n, alone)
	}
}

// TestSameAlone checks that mutants of several kinds are judged alike with the switch and built alone.
func TestSameAlone(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("builds the tests of this package several times: set CABI_LONG=1 to run it")
	}
	t.Setenv("CABI_LONG", "")
	schema := schemaOf(t)
	j := newJudge(t, schema)
	seen := map[mutants.Kind]bool{}
	for _, m := range schema.Mutants {
		if m.Alone || seen[m.Kind] || m.File != "stream_state.go" && m.File != "tasks.go" && m.File != "storing.go" {
			continue
		}
		seen[m.Kind] = true
		switched := j.judge(m)
		alone := *m
		alone.Alone = true
		if built := j.judge(&alone); built.By != switched.By || built.How != switched.How {
			t.Errorf("%s: with a switch %+v, alone %+v", m.Name(), switched, built)
		}
	}
}

// schemaOf is spec/ with all its mutants: those of files that port definitions.py first, and of these those that livesFile explains last, since to judge one
// that lives takes longest and says least.
func schemaOf(t *testing.T) *mutants.Schema {
	t.Helper()
	schema, err := mutants.Of("../spec", notPort...)
	if err != nil {
		t.Fatal(err)
	}
	of, why := ports(t), explanations(t)
	rank := func(m *mutants.Mutant) int {
		switch {
		case !of[m.File]:
			return 2
		case why[m.Name()].why != "":
			return 1
		}
		return 0
	}
	slices.SortStableFunc(schema.Mutants, func(a, b *mutants.Mutant) int { return cmp.Compare(rank(a), rank(b)) })
	return schema
}

// ports are the files of spec/ that port something of definitions.py. The others write states, look things up for people, or hold what variants need.
func ports(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../spec/*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, path := range files {
		all[filepath.Base(path)] = strings.Contains(read(t, path), "\n//cabi:py ")
	}
	return all
}

// livesFile explains mutants of the port that live: a line that begins with "unobservable: " or "observable: " says why, and each line below it names a mutant.
const livesFile = "testdata/lives.txt"

// An explanation says why a mutant lives.
type explanation struct {
	observable bool // a program could observe it
	why        string
}

// explanations are those of livesFile, by mutant.
func explanations(t *testing.T) map[string]explanation {
	t.Helper()
	all := map[string]explanation{}
	var of explanation
	for line := range strings.Lines(read(t, livesFile)) {
		line = strings.TrimRight(line, "\n")
		name, isMutant := strings.CutPrefix(line, "\t")
		kind, why, isWhy := strings.Cut(line, "observable: ")
		switch {
		case line == "":
		case isMutant && of.why != "" && all[name].why == "":
			all[name] = of
		case !isMutant && isWhy && (kind == "" || kind == "un"):
			of = explanation{kind == "", why}
		default:
			t.Fatalf("%s: %q is neither an explanation nor a mutant, or is there twice", livesFile, line)
		}
	}
	return all
}

// TestLivesFile checks that each explained mutant is one.
func TestLivesFile(t *testing.T) {
	names := map[string]bool{}
	for _, m := range schemaOf(t).Mutants {
		names[m.Name()] = true
	}
	for name := range explanations(t) {
		if !names[name] {
			t.Errorf("%s explains %q, which is no mutant: name the one that it has become, or leave it out", livesFile, name)
		}
	}
}

// TestScore prints the score of the judgments in the file that CABI_MUTANTS names, as docs/mutants.md has it: make mutants-score.
func TestScore(t *testing.T) {
	file := os.Getenv("CABI_MUTANTS")
	if file == "" {
		t.Skip("prints the score of judgments: make mutants-score")
	}
	known, why, of := judgments(t, file), explanations(t), ports(t)
	var port, others scored
	lives := map[explanation][]string{}
	for _, m := range schemaOf(t).Mutants {
		j, judged := known[m.Name()]
		if to := &others; judged {
			if of[m.File] {
				if to = &port; j.lives() {
					lives[why[m.Name()]] = append(lives[why[m.Name()]], m.Name())
				}
			}
			to.add(j, why[m.Name()])
		}
	}
	fmt.Printf("| mutants | in files that port `definitions.py` | in others |\n|---|---|---|\n")
	for _, row := range []struct {
		what string
		of   func(scored) int
	}{
		{"judged", func(t scored) int { return t.judged }},
		{"noticed by tests of values", func(t scored) int { return t.values }},
		{"noticed by searches and promises", func(t scored) int { return t.noticed - t.values }},
		{"live, and no program can observe them", func(t scored) int { return t.unobservable }},
		{"live, and a program can observe them", func(t scored) int { return t.observable }},
		{"live, not explained", func(t scored) int { return t.judged - t.noticed - t.unobservable - t.observable }},
	} {
		fmt.Printf("| %s | %d | %d |\n", row.what, row.of(port), row.of(others))
	}
	fmt.Printf("\nOf the port's mutants, %.1f%% are noticed of those that a program may observe, %.1f%% of all.\n",
		100*float64(port.noticed)/float64(port.judged-port.unobservable), 100*float64(port.noticed)/float64(port.judged))
	for _, e := range slices.SortedFunc(maps.Keys(lives), func(a, b explanation) int { return strings.Compare(a.why, b.why) }) {
		fmt.Printf("\n%s (observable: %t), %d:\n\n", cmp.Or(e.why, "not explained"), e.observable, len(lives[e]))
		for _, name := range lives[e] {
			fmt.Printf("- `%s` (met by %d%s)\n", name, known[name].Met, strings.Replace(" "+known[name].Differ, " ", ", counted otherwise in ", min(1, len(known[name].Differ))))
		}
	}
}

// A scored counts judgments.
type scored struct{ judged, noticed, values, unobservable, observable int }

func (t *scored) add(j judgment, e explanation) {
	switch t.judged++; {
	case !j.lives():
		t.noticed++
		if strings.HasPrefix(j.By, "values: ") {
			t.values++
		}
	case e.observable:
		t.observable++
	case e.why != "":
		t.unobservable++
	}
}

// judgments are those of a file, by mutant: of each the last.
func judgments(t *testing.T, file string) map[string]judgment {
	t.Helper()
	all := map[string]judgment{}
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var j judgment
		if err := json.Unmarshal(line, &j); err != nil {
			t.Fatalf("%s: %v: remove the line", file, err)
		}
		all[j.Mutant] = j
	}
	return all
}

// A judge is the tests of this package on spec/ with all mutants. It knows which of them come to which mutant.
type judge struct {
	t       *testing.T
	schema  *mutants.Schema
	program string
	met     map[string]map[int]bool // by the test
	counts  map[string]string       // what the searches count with no mutant, by world
	took    map[string]float64      // seconds of a CPU, by the test, with no mutant
}

func newJudge(t *testing.T, schema *mutants.Schema) *judge {
	t.Helper()
	j := &judge{t, schema, buildTests(t, inSpec(t, schema.Files)), map[string]map[int]bool{}, map[string]string{}, map[string]float64{}}
	for _, s := range stages() {
		if s.name == "searches" {
			for _, test := range s.tests {
				j.meets(s, test, 0)
			}
		}
	}
	return j
}

// meets reports whether a test of a stage comes to a mutant. It is run once without any: a test that does not come to a mutant then does the
// same if it is chosen.
func (j *judge) meets(s stage, test string, n int) bool {
	if j.met[test] == nil {
		name := filepath.Join(j.t.TempDir(), "met")
		s.tests = []string{test}
		text, failed, took := j.run(j.program, s, mutants.MetVariable+"="+name)
		if failed != "" {
			j.t.Fatalf("%s fails without a mutant: %s", test, text)
		}
		j.took[test] = took
		for world, count := range countsIn(text) {
			j.counts[s.name+world] = count
		}
		j.met[test] = map[int]bool{}
		for word := range strings.FieldsSeq(read(j.t, name)) {
			n, err := strconv.Atoi(word)
			if err != nil {
				j.t.Fatal(err)
			}
			j.met[test][n] = true
		}
	}
	return j.met[test][n]
}

// inSpec are texts by their paths in spec/.
func inSpec(t *testing.T, files map[string]string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for name, text := range files {
		path, err := filepath.Abs(filepath.Join("../spec", name))
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = text
	}
	return texts
}

// judge judges a mutant.
func (j *judge) judge(m *mutants.Mutant) judgment {
	program, made := j.program, judgment{Mutant: m.Name(), Line: m.Line}
	if m.Alone {
		overlay := inSpec(j.t, j.schema.Alone(m))
		if err := withOverlay(writeOverlay(j.t, overlay), "build", "./spec").Run(); err != nil {
			made.By, made.How = "the compiler", "cannot be built"
			return made
		}
		program = buildTests(j.t, overlay)
	}
	for _, s := range stages() {
		if !m.Alone {
			s.tests = slices.DeleteFunc(slices.Clone(s.tests), func(test string) bool { return !j.meets(s, test, m.ID) })
			made.Met += len(s.tests)
		}
		if len(s.tests) == 0 {
			continue
		}
		text, failed, _ := j.run(program, s, fmt.Sprintf("%s=%d", mutants.Variable, m.ID))
		if failed != "" {
			made.By, made.How = s.name+": "+failed, howIn(text)
			return made
		}
		if made.Differ == "" {
			made.Differ = j.differs(s, text)
		}
	}
	return made
}

// differs is the first world in which a stage counts otherwise than without a mutant; empty: none.
func (j *judge) differs(s stage, text string) string {
	counts := countsIn(text)
	for _, world := range slices.Sorted(maps.Keys(counts)) {
		if counts[world] != j.counts[s.name+world] {
			return world
		}
	}
	return ""
}

// run runs the tests of a stage, and returns what they print, which of them fails (empty: none), and how many seconds of a CPU they take.
func (j *judge) run(program string, s stage, env ...string) (text, failed string, took float64) {
	// Limits of the process end a mutant that hangs or takes all memory, however slow the machine is. A test that was not run yet has no mutant.
	seconds := float64(s.seconds)
	for _, test := range s.tests {
		if j.took[test] == 0 {
			seconds += 60
		}
		seconds += 4 * j.took[test]
	}
	limited := []string{"-c", `ulimit -t "$1"; ulimit -v 6000000; shift; exec "$@"`, "sh", fmt.Sprint(int(seconds)), program,
		"-test.run", pattern(s.tests), "-test.timeout", fmt.Sprintf("%ds", 20*int(seconds))}
	cmd := exec.Command("sh", append(limited, s.flags...)...)
	cmd.Env = append(append(os.Environ(), "CABI_MUTANTS=", "CABI_QUICK=1", "CABI_LONG="), env...)
	out, err := cmd.CombinedOutput()
	took = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if err == nil {
		return string(out), "", took
	}
	if cmd.ProcessState.ExitCode() < 0 {
		out = fmt.Appendf(out, "\ntimed out: it is ended after %.0f seconds of a CPU, of %.0f", took, seconds)
	}
	for _, found := range failPattern.FindAllStringSubmatch(string(out), -1) {
		if len(found[1]) > len(failed) {
			failed = found[1]
		}
	}
	if failed == "" {
		failed = "(the process ends)"
	}
	return string(out), failed, took
}

var (
	failPattern  = regexp.MustCompile(`--- FAIL: (\S+)`)
	countPattern = regexp.MustCompile(`counts of (\S+): (.*)`)
	howPattern   = regexp.MustCompile(`violates ([a-z-]+)`)
)

// pattern is what -test.run takes for some tests, which all have as many parts: a list for each part. The tests of a stage are such that no
// others match.
func pattern(tests []string) string {
	var parts [][]string
	for _, test := range tests {
		for i, part := range strings.SplitN(test, "/", 3) {
			if i == len(parts) {
				parts = append(parts, nil)
			}
			if !slices.Contains(parts[i], part) {
				parts[i] = append(parts[i], part)
			}
		}
	}
	var lists []string
	for _, list := range parts {
		lists = append(lists, "^("+strings.Join(list, "|")+")$")
	}
	return strings.Join(lists, "/")
}

// countsIn are what TestQuick says that its searches count, by world.
func countsIn(text string) map[string]string {
	counts := map[string]string{}
	for _, found := range countPattern.FindAllStringSubmatch(text, -1) {
		counts[found[1]] = found[2]
	}
	return counts
}

// howIn says how a mutant is noticed.
func howIn(text string) string {
	if found := howPattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	for _, what := range []string{"SIGXCPU", "out of memory", "timed out", "deadlock", "panic:", "stack overflow", "vacuously"} {
		if strings.Contains(text, what) {
			return what
		}
	}
	return ""
}

// envNumber is a number in the environment; 0: it is not there.
func envNumber(t *testing.T, name string) int {
	text := os.Getenv(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s=%q is no number", name, text)
	}
	return n
}

// TestQuick is TestPromises with fewer actions.
func TestQuick(t *testing.T) {
	inWorlds(t, func(w *model.World, s *model.Search) { s.Bounds.Steps = max(4, w.Bounds.Steps-6) })
}

// TestFurther is TestQuick with as many actions as it takes to explore 10,000 transitions, which in small worlds are more than their bounds.
func TestFurther(t *testing.T) {
	inWorlds(t, func(w *model.World, s *model.Search) { s.Bounds.Steps, s.Enough = 0, 10000 })
}

// inWorlds searches all worlds that can be exhausted, with the bounds that are set, as a judge.
func inWorlds(t *testing.T, bound func(*model.World, *model.Search)) {
	if os.Getenv("CABI_QUICK") == "" {
		t.Skip("judges mutants, beside TestPromises: set CABI_QUICK=1 to run it")
	}
	for _, w := range model.Worlds {
		if !w.Random {
			t.Run(w.Name, func(t *testing.T) {
				s := model.Search{World: w, Bounds: w.Bounds}
				bound(w, &s)
				promisesHold(t, s)
			})
		}
	}
}

// promisesHold makes a search, which must find no other violations of promises than known ones, and of a named world each that is known of it, and
// logs what it counts.
func promisesHold(t *testing.T, s model.Search) {
	t.Helper()
	s.Variant, s.Properties, s.KeepGoing, s.ByShape = spec.SingleTable, For(s.World), true, true
	report := s.Run()
	if report.Err != nil {
		t.Fatal(report.Err)
	}
	if len(knownIn(s.World.Name)) > 0 {
		exhausted := report.Steps
		if report.AtBound == 0 {
			exhausted = math.MaxInt
		}
		mustBeKnown(t, s.World.Name, report.Violations, exhausted)
	}
	for _, v := range report.Violations {
		if CauseOf(v) == nil {
			t.Fatalf("%s: %s", s.World.Name, v.Trace)
		}
	}
	t.Logf("counts of %s: %d states, %d transitions, %d violations", s.World.Name, report.States, report.Transitions, len(report.Violations))
}

// TestCorners checks that the promises hold in the worlds of corners.
func TestCorners(t *testing.T) {
	files, err := filepath.Glob("corners/*")
	worlds := Corners()
	if err != nil || len(files) == 0 || len(files) != len(worlds) {
		t.Fatalf("corners has %d files, and %d worlds are read: %v", len(files), len(worlds), err)
	}
	for i, w := range worlds {
		if filepath.Base(files[i]) != w.Name+model.WorldFile {
			t.Errorf("%s has the world %s", files[i], w.Name)
		}
		t.Run(w.Name, func(t *testing.T) {
			promisesHold(t, model.Search{World: w, Bounds: w.Bounds})
		})
	}
}

// worldNamed is a named world, or one of corners.
func worldNamed(t *testing.T, name string) *model.World {
	t.Helper()
	if w := model.WorldByName(name); w != nil {
		return w
	}
	w := CornerByName(name)
	if w == nil {
		t.Fatalf("there is no world %s", name)
	}
	return w
}
