package spec

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"cabi/internal/port"
)

// TestDocsReadme keeps README.md true: which file ports which lines of definitions.py, and what the other files are for.
func TestDocsReadme(t *testing.T) {
	upstream, err := port.Load(Source, "")
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	fmt.Fprintf(&page, "# spec/ beside definitions.py\n\n"+
		"Upstream's [definitions.py](%s) at %s, heading by heading in its order, and the Go file that ports each.\n"+
		"Within a file the definitions are in Python's order; `cabi port` lists each with its Go counterpart.\n"+
		"[doc.go](doc.go) says how the two relate and how the package is used. It needs the standard library alone.\n"+
		"This page is made by `make docs` from the first lines of the files, which `cabi port` checks; a test keeps it true.\n\n"+
		"| definitions.py | lines | Go |\n|---|---|---|\n", definitionsURL(upstream), upstream.ShortCommit())
	ports, others := titledFiles(t)
	for _, h := range upstream.Headings {
		if len(ports[h.Name]) == 0 {
			t.Errorf("no file says that it ports %q", h.Name)
		}
		fmt.Fprintf(&page, "| %s | [%d–%d](%s#L%[2]d-L%[3]d) | %[5]s |\n", h.Name, h.Line, h.Last, definitionsURL(upstream), strings.Join(ports[h.Name], ", "))
	}
	page.WriteString("\n## Files that port nothing\n\n| Go | what it is for |\n|---|---|\n" + strings.Join(others, ""))
	compareDoc(t, "README.md", page.Bytes())
}

func definitionsURL(u *port.Upstream) string {
	return "https://github.com/WebAssembly/component-model/blob/" + u.Commit + "/design/mvp/canonical-abi/definitions.py"
}

// titledFiles are links to the files of each heading, and the lines of the table of those that port nothing.
func titledFiles(t *testing.T) (ports map[string][]string, others []string) {
	t.Helper()
	names, err := fs.Glob(Source, "*.go")
	if err != nil {
		t.Fatal(err)
	}
	ports = map[string][]string{}
	for _, name := range slices.DeleteFunc(names, isTestFile) {
		text, err := fs.ReadFile(Source, name)
		if err != nil {
			t.Fatal(err)
		}
		title, ok := port.TitleOf(text)
		link := fmt.Sprintf("[%s](%[1]s)", name)
		switch {
		case !ok:
			t.Errorf("the first line of %s says not what it is", name)
		case title.Heading != "":
			ports[title.Heading] = append(ports[title.Heading], link)
		default:
			others = append(others, fmt.Sprintf("| %s | %s |\n", link, title.Purpose))
		}
	}
	return ports, others
}

// TestAllSitesAreRead compares the number of sites that TestMain judges with those of definitions.py.
func TestAllSitesAreRead(t *testing.T) {
	upstream, err := port.Load(Source, "")
	if err != nil {
		t.Fatal(err)
	}
	counts := upstream.Counts()
	if got, want := len(sitesOfSource()), counts[port.KindTrap]+counts[port.KindAssert]; got != want {
		t.Errorf("%d sites are read off the source, want %d", got, want)
	}
}

func isTestFile(name string) bool { return strings.HasSuffix(name, "_test.go") }
