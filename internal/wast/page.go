package wast

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"cabi/internal/layout"
	"cabi/spec"
)

// key names a directive by folder, file and line.
func (f *FileReport) key(i int) string {
	return fmt.Sprintf("%s:%d", f.short(), f.Program.Script.Directives[i].Line)
}

// short is the folder and the name of a file.
func (f *FileReport) short() string {
	return filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(f.Name)), filepath.Base(f.Name)))
}

const pageHead = `# Upstream's tests on the specification

For whoever writes those tests, or a runtime that is to pass them. ` + "`cabi wast`" + ` runs upstream's ` + "`.wast`" + ` scripts on ` + "`spec/`" + `, the port of
` + "`definitions.py`" + `, with core code under wazero. The scripts are those of the checkout. A message is compared as upstream's runtimes compare it:
that of the trap must contain it; which site of the specification has which messages is a table of the project's (` + "`internal/messages`" + `).

    make wasm-tools
    cabi wast component-model/test/async/*.wast --every-choice

Each instance has a store of its own, shared with those that it was registered for. After a trap nothing may run in a store, so the directives
after one that does not pass *follow* it: they are counted, and the cause is the first one's. This page is made by ` + "`cabi wast --markdown`" + ` and held true by a test, which needs a checkout
(` + "`CABI_UPSTREAM`" + `) and wasm-tools.

On a machine with two cores that were in use, the first four folders took 0.7 seconds under the policy, text included; all that this page
says took 3.5 seconds, of which 1.7 were its own. With ` + "`--departures 2`" + `, at most two choices of each run of the folder async were others
than the policy's, in 2,739 runs of 123 instances, none of which was cut off: the same directives depend on a choice, and no others.

If any trap is taken for the one that a script names, those that trapped elsewhere pass too: 779 of the 841 directives of the first four folders.
`

// Page is the page docs/wast.md.
func (r *Report) Page() string {
	var b strings.Builder
	b.WriteString(pageHead)
	r.writeCounts(&b)
	r.writeCauses(&b)
	r.writeChoices(&b)
	r.writeVariants(&b)
	r.writePinned(&b)
	return b.String()
}

// writeCounts writes a row for each folder.
func (r *Report) writeCounts(b *strings.Builder) {
	head := []string{"folder", "scripts", "directives"}
	for _, status := range statuses {
		head = append(head, string(status))
	}
	b.WriteString("\n## What comes of them\n\n" + layout.MarkdownHead(head...))
	for _, folder := range r.folders() {
		scripts, directives, count := 0, 0, map[Status]int{}
		for _, f := range r.Files {
			if filepath.Dir(f.short()) == folder {
				scripts, directives = scripts+1, directives+len(f.Outcomes)
				for _, s := range statuses {
					count[s] += f.count(s)
				}
			}
		}
		row := []string{folder, strconv.Itoa(scripts), strconv.Itoa(directives)}
		for _, s := range statuses {
			row = append(row, strconv.Itoa(count[s]))
		}
		b.WriteString(layout.MarkdownRow(row...))
	}
	b.WriteString("\nIn `validation` and `binary`, messages are not compared: upstream's are those of one validator. What fails there are rules of validation that\n" +
		"package `component` does not check.\n")
}

// folders are the folders of the scripts, in their order.
func (r *Report) folders() []string {
	var all []string
	for _, f := range r.Files {
		if folder := filepath.Dir(f.short()); !slices.Contains(all, folder) {
			all = append(all, folder)
		}
	}
	return all
}

// writeCauses writes a row for each cause, with how many directives it is the cause of, those that follow included.
func (r *Report) writeCauses(b *strings.Builder) {
	b.WriteString("\n## Why directives do not pass\n\n" + layout.MarkdownHead("class", "cause", "directives", "with those that follow"))
	wake := map[string]int{}
	for _, f := range r.Files {
		for i, o := range f.Outcomes {
			if o.Status == Follows {
				wake[fmt.Sprintf("%s:%d", f.short(), o.Cause)]++
			} else if o.Status != Passed {
				wake[f.key(i)]++
			}
		}
	}
	for _, c := range causes {
		all := 0
		for _, at := range c.at {
			all += wake[at]
		}
		b.WriteString(layout.MarkdownRow(c.class, "**"+c.title+".** "+c.why+c.proof(), Places(c.at), strconv.Itoa(all)))
	}
}

// proof says how it is known what definitions.py does.
func (c cause) proof() string {
	if c.class == classCore {
		return ""
	}
	return fmt.Sprintf(" Seen on the port and, by `%s`, on the Python.", c.shown)
}

// Places writes directives, each file's name once.
func Places(at []string) string {
	var b strings.Builder
	last := ""
	for _, place := range at {
		file, line, _ := strings.Cut(place, ":")
		switch {
		case file == last:
			b.WriteString(", " + line)
		case last != "":
			b.WriteString("; ")
			fallthrough
		default:
			b.WriteString(place)
		}
		last = file
	}
	return b.String()
}

// writeChoices lists the directives that pass under some choices only.
func (r *Report) writeChoices(b *strings.Builder) {
	b.WriteString("\n## Tests that depend on a choice\n\n" + r.exploredText() +
		"\nThe policy is fair: the thread goes on that has waited longest, and a thread that need not wait waits. Every choice below is one that the\n" +
		"specification leaves open, so a runtime may make it.\n\n" + layout.MarkdownHead("directive", "outcome", "runs"))
	for _, f := range r.Files {
		for i := range f.Outcomes {
			if !f.Explored.Depends(i) {
				continue
			}
			for _, s := range f.Explored.Seen[i] {
				b.WriteString(layout.MarkdownRow(f.key(i), cell(s.Outcome)+departuresText(s.Departures), strconv.Itoa(s.Runs)))
			}
		}
	}
}

// writeVariants lists, for each variant, the directives that pass under the pin's numbering and not under it, or the other way round.
func (r *Report) writeVariants(b *strings.Builder) {
	b.WriteString("\n## Tests that depend on how handles are numbered\n\nUnder the policy, and without those that follow. [variants.md](variants.md) says what the variants are. The pin's is `" +
		r.Variant.Name + "`.\n\n" + layout.MarkdownHead("directive", "does not come out the same under"))
	for _, f := range r.Files {
		for i := range f.Outcomes {
			if names := f.differs(i); len(names) > 0 {
				b.WriteString(layout.MarkdownRow(f.key(i), strings.Join(names, ", ")))
			}
		}
	}
	fmt.Fprintf(b, "\n%d variants were tried besides the pin's.\n", len(spec.Variants)-1)
}

// pinning is the script that says of itself that it asserts exact indices.
const pinning = "resources/handle-table.wast"

// writePinned says under which variants the script passes that is meant to pin the handle table down.
func (r *Report) writePinned(b *strings.Builder) {
	for _, f := range r.Files {
		if f.short() != pinning {
			continue
		}
		var names []string
		for _, v := range spec.Variants {
			if e := f.Variants[v.Name]; e != nil && f.same(e) {
				names = append(names, "`"+v.Name+"`")
			}
		}
		fmt.Fprintf(b, "\n`%s` is meant to pin the handle table down, and does not: a runtime that numbers handles as one of these variants\n"+
			"does passes all of it: %s.\n", pinning, strings.Join(names, ", "))
	}
}

// same reports whether all directives come out as under the report's variant, under the policy.
func (f *FileReport) same(e *Exploration) bool {
	for i, o := range f.Outcomes {
		if len(e.Seen[i]) == 0 || e.Seen[i][0].Status != o.Status {
			return false
		}
	}
	return true
}

func cell(o Outcome) string { return strings.ReplaceAll(o.String(), "|", `\|`) }
