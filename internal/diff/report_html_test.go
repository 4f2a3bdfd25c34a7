package diff

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"cabi/internal/step"
	"cabi/model"
)

// A shownPage is what a page holds, as its script reads it.
type shownPage struct {
	Diff struct {
		Summary  string
		Sections []struct {
			Title string
			Items []shownItem
		}
	}
}

type shownItem struct {
	Text  string
	Below []shownItem
	Shown *struct{ Old, New *step.Recording }
}

// pageOf is what the page of a report holds.
func pageOf(t *testing.T, r *Report, old, new *Version) (p shownPage, html string) {
	t.Helper()
	var b strings.Builder
	if err := r.WriteHTML(&b, old, new); err != nil {
		t.Fatal(err)
	}
	data := regexp.MustCompile(`(?s)id="data">(.*?)</script>`).FindStringSubmatch(b.String())
	if data == nil {
		t.Fatal("the page has no data")
	}
	if err := json.Unmarshal([]byte(data[1]), &p); err != nil {
		t.Fatal(err)
	}
	return p, b.String()
}

// actionsOf are the actions of a recording.
func actionsOf(r *step.Recording) (actions []string) {
	for _, m := range r.Moments[1:] {
		actions = append(actions, m.Action)
	}
	return actions
}

// checkSides checks that both sides of an item take the same actions, as far as each goes, and say so where one ends before.
func checkSides(t *testing.T, i shownItem) {
	t.Helper()
	a, b := i.Shown.Old, i.Shown.New
	if a == nil || b == nil {
		t.Fatalf("%s: not both versions take the trace", i.Text)
	}
	old, new := actionsOf(a), actionsOf(b)
	for k := range min(len(old), len(new)) {
		if old[k] != new[k] {
			t.Errorf("%s: action %d is %s and %s", i.Text, k+1, old[k], new[k])
		}
	}
	for _, side := range []struct {
		r          *step.Recording
		own, other int
	}{{a, len(old), len(new)}, {b, len(new), len(old)}} {
		if side.own < side.other && side.r.Refused == "" && side.r.Stopped == "" {
			t.Errorf("%s: one side ends after %d actions of %d, and does not say why", i.Text, side.own, side.other)
		}
	}
}

// The page of a report has each difference and each finding on both versions, and all that the text says.
func TestPage(t *testing.T) {
	small := Options{Old: open(t, Port), New: open(t, "per-type"), Worlds: []*model.World{model.WorldByName("handles")}, Pairs: 100, States: 100, Behind: 50, Workers: 2}
	r, err := Compare(small)
	if err != nil {
		t.Fatal(err)
	}
	p, html := pageOf(t, r, small.Old, small.New)
	text := map[string]bool{}
	differences, findings := 0, 0
	for _, s := range p.Diff.Sections {
		for _, i := range s.Items {
			text[i.Text] = true
			for _, b := range i.Below {
				text[b.Text] = true
			}
			switch {
			case strings.HasPrefix(s.Title, "What guests"):
				differences++
				checkSides(t, i)
				if a, b := i.Shown.Old, i.Shown.New; a.Variant == b.Variant || a.Trace == b.Trace {
					t.Errorf("%s: both sides are %s and show the same", i.Text, a.Variant)
				}
			case strings.HasPrefix(s.Title, "Findings"):
				findings++
				checkSides(t, i)
			}
		}
	}
	if differences == 0 || differences != len(r.Differences) || findings == 0 || findings != len(r.Findings) {
		t.Errorf("%d differences of %d, and %d findings of %d", differences, len(r.Differences), findings, len(r.Findings))
	}
	var plain strings.Builder
	r.WriteText(&plain)
	for line := range strings.Lines(plain.String()) {
		line = strings.TrimRight(line, "\n")
		item, is := strings.CutPrefix(line, "  ")
		switch item = strings.TrimSpace(item); {
		case !is || strings.HasPrefix(line, "      "), strings.HasPrefix(item, "left: "), strings.HasPrefix(item, "on "): // a trace, which is shown, or a list of what stands in lines of its own
		case !text[item]:
			t.Errorf("the page does not say: %s", item)
		}
	}
	if !strings.Contains(html, "default-src 'none'") || strings.Contains(html, "unsafe-inline") {
		t.Error("the page has another policy than the others")
	}
}

// A name of a version, and a text of a report, that would be markup are data in a string, which ends no element.
func TestHostilePage(t *testing.T) {
	const markup = "</script><script>window.owned=1</script><img src=x onerror=window.owned=1>"
	r := readReport(t, "testdata/proposals/fix-cancel-bug.json")
	r.New, r.Differences, r.Findings, r.Traces = markup, nil, nil, Traces{}
	r.Sentences = append(r.Sentences, Sentence{File: markup, Property: markup, Sentence: markup})
	r.Definitions = append(r.Definitions, Definition{Name: markup, How: "changed"})
	_, html := pageOf(t, r, open(t, Port), open(t, Port))
	if n := strings.Count(html, "<script"); n != 2 || strings.Contains(html, "<img") {
		t.Errorf("text became markup: %d scripts", n)
	}
}

// With upstream's history at hand, the page of each recorded proposal has its differences and findings on the port and on the proposal, which
// part where the report says.
func TestProposalPages(t *testing.T) {
	git := os.Getenv("CABI_UPSTREAM_GIT")
	if git == "" {
		t.Skip("CABI_UPSTREAM_GIT is not set")
	}
	for i, p := range recorded(t) {
		if i > 0 && os.Getenv("CABI_LONG") == "" {
			t.Log("only the first one: CABI_LONG=1 takes all")
			break
		}
		v, err := Open(p.Commit, git)
		if err != nil {
			t.Fatal(err)
		}
		old := open(t, Port)
		if p.Report.Old != old.Name {
			if old, err = Open(p.Report.Old, git); err != nil {
				t.Fatal(err)
			}
		}
		page, html := pageOf(t, p.Report, old, v)
		shown := 0
		for _, s := range page.Diff.Sections {
			for _, i := range s.Items {
				if i.Shown == nil || strings.HasPrefix(s.Title, "New built-in") {
					continue
				}
				shown++
				checkSides(t, i)
				a, b := i.Shown.Old, i.Shown.New
				if cured := strings.HasPrefix(i.Text, string(Cured)); cured && violatedIn(a) == violatedIn(b) {
					t.Errorf("%s: both sides violate %q", i.Text, violatedIn(a))
				}
			}
		}
		want := len(p.Report.Differences) + len(p.Report.RoundTrips.shown())
		for _, f := range p.Report.Findings {
			if _, err := fs.Stat(findingFiles, "findings/"+findingName(f)+".cabi"); err == nil { // an older version's may have another kind
				want++
			}
		}
		if shown < want {
			t.Errorf("%s: %d traces, of %d differences and findings", p.Branch, shown, want)
		}
		t.Logf("%s: %d traces on both versions, %d kB", p.Branch, shown, len(html)/1000)
	}
}

func violatedIn(r *step.Recording) string {
	all := ""
	for _, m := range r.Moments {
		all += strings.Join(m.Violated, "\n")
	}
	return all
}
