package diff

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"cabi/model"
)

var write = flag.Bool("write", false, "write docs/proposals.md")

// proposals are upstream's open proposals.
var proposals = []Proposal{
	{Branch: "fix-cancel-bug", Commit: "d834f63"}, {Branch: "fix-donut-wrap", Commit: "903e48b"}, {Branch: "fix-exclusive-bug", Commit: "a8d87b2"},
	{Branch: "simplify", Commit: "c9504df"}, {Branch: "task-switch", Commit: "0c769d0"},
}

func recorded(t *testing.T) []Proposal {
	t.Helper()
	var all []Proposal
	for _, p := range proposals {
		text, err := os.ReadFile("testdata/proposals/" + p.Branch + ".json")
		if err != nil {
			t.Fatal(err)
		}
		p.Report = &Report{}
		if err := json.Unmarshal(text, p.Report); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// docs/proposals.md is what the recorded reports say. -write writes it.
func TestProposalsPage(t *testing.T) {
	var page strings.Builder
	WriteProposals(&page, recorded(t))
	const file = "../../docs/proposals.md"
	if *write {
		if err := os.WriteFile(file, []byte(page.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != page.String() {
		t.Errorf("%s is stale (%v): go test ./internal/diff -run TestProposalsPage -write", file, err)
	}
}

// With upstream's history at hand, the shortest difference of each proposal is there: its trace happens on the proposal, and not on the port.
func TestProposals(t *testing.T) {
	git := os.Getenv("CABI_UPSTREAM_GIT")
	if git == "" {
		t.Skip("CABI_UPSTREAM_GIT is not set")
	}
	port := open(t, Port)
	for _, p := range recorded(t) {
		v, err := Open(p.Commit, git)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range p.Report.Differences {
			trace, err := model.ReadTrace(strings.NewReader(d.NewTrace))
			if err != nil {
				t.Fatal(err)
			}
			trace = observable(trace)
			if departs, err := v.departure(trace); err != nil || departs != nil {
				t.Errorf("%s: %+v, %v:\n%s", p.Branch, departs, err, d.NewTrace)
			}
			if departs, _ := port.departure(trace); len(d.Appeared) > 0 && departs == nil {
				t.Errorf("%s: the port does the same:\n%s", p.Branch, d.NewTrace)
			}
		}
	}
}
