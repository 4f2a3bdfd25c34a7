package export

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cabi/model"
)

// A shape is a rectangle of a picture, or a line of its text.
type shape struct {
	text                     string // empty: a rectangle
	left, right, top, bottom float64
}

// shapesOf reads a picture, and where its rectangles, its text and its lifelines are. The text is as wide as the picture's
// own measure says.
func shapesOf(t *testing.T, svg string) (rects, texts []shape, lifelines []float64) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(svg))
	var open *shape
	var size float64
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return rects, texts, lifelines
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			x, y := number(token, "x"), number(token, "y")
			switch token.Name.Local {
			case "rect":
				rects = append(rects, shape{left: x, right: x + number(token, "width"), top: y, bottom: y + number(token, "height")})
			case "line":
				lifelines = append(lifelines, number(token, "x1"))
			case "text":
				open = &shape{left: x, top: y - 11, bottom: y + 3}
				size = textSize
				if c := attribute(token, "class"); c == "title" || c == "heading" {
					size = titleSize
				}
			case "script", "image", "use", "foreignObject", "a":
				t.Errorf("a picture has an element %s", token.Name.Local)
			}
		case xml.CharData:
			if open != nil {
				open.text += string(token)
			}
		case xml.EndElement:
			if token.Name.Local == "text" {
				open.right = open.left + float64(textWidth(open.text, size))
				texts = append(texts, *open)
				open = nil
			}
		}
	}
}

func number(e xml.StartElement, name string) float64 {
	n, _ := strconv.ParseFloat(attribute(e, name), 64)
	return n
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func metadataOf(t *testing.T, svg string) string {
	var file struct {
		Metadata string `xml:"metadata"`
	}
	if err := xml.Unmarshal([]byte(svg), &file); err != nil {
		t.Error(err)
	}
	return file.Metadata
}

// misplaced says which text of a picture leaves the smallest rectangle that it begins in, or covers other text, and which
// text or rectangle of a column crosses the next lifeline.
func misplaced(t *testing.T, svg string) []string {
	t.Helper()
	rects, texts, lifelines := shapesOf(t, svg)
	var wrong []string
	for _, r := range rects {
		for _, x := range lifelines {
			if r.left+beside < x && x < r.right && r.right-r.left < rects[0].right-2*margin {
				wrong = append(wrong, fmt.Sprintf("a box from %.0f to %.0f crosses the lifeline at %.0f", r.left, r.right, x))
			}
		}
	}
	for i, text := range texts {
		box := rects[0] // the page
		for _, r := range rects {
			if r.left <= text.left && text.left <= r.right && r.top <= text.top && text.bottom <= r.bottom && r.right-r.left < box.right-box.left {
				box = r
			}
		}
		right := box.right
		for _, x := range lifelines {
			if box == rects[0] && text.left < x && text.top > topOf(rects) {
				right = min(right, x)
			}
		}
		if text.right > right || text.top < box.top || text.bottom > box.bottom {
			wrong = append(wrong, fmt.Sprintf("%q ends at %.0f, its box at %.0f", text.text, text.right, right))
		}
		for _, other := range texts[:i] {
			if text.left < other.right && other.left < text.right && text.top < other.bottom && other.top < text.bottom {
				wrong = append(wrong, fmt.Sprintf("%q covers %q", text.text, other.text))
			}
		}
	}
	return wrong
}

// topOf is where the names of the lifelines end, the first rectangles in the page.
func topOf(rects []shape) float64 { return rects[1].bottom }

// No text of a picture leaves its box: in the golden traces, in the reference traces that are short enough, and with long names.
func TestPicturesHoldTheirText(t *testing.T) {
	files, err := filepath.Glob("../../suite/traces/*.cabi")
	if err != nil || len(files) < 100 {
		t.Fatal(len(files), err)
	}
	golden, _ := filepath.Glob("testdata/*.cabi")
	for _, file := range append(files, golden...) {
		trace := load(t, file)
		svg, err := SVG(trace)
		if len(trace.Lines) > maxPictureLines {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if wrong := misplaced(t, svg); len(wrong) > 0 {
			t.Errorf("%s: %s", file, strings.Join(wrong, "; "))
		}
	}
	long := strings.Repeat("long", 40)
	svg, err := SVG(read(t, strings.ReplaceAll(longNames, "LONG", long)))
	if err != nil {
		t.Fatal(err)
	}
	if wrong := misplaced(t, svg); len(wrong) > 0 {
		t.Errorf("long names: %s\n%s", strings.Join(wrong, "; "), svg)
	}
	if !strings.Contains(svg, "…") || !strings.Contains(svg, long) {
		t.Error("long names are not shortened, or nowhere in full")
	}
}

const longNames = `# LONG
world LONG
define {"name":"LONG","instances":[{"name":"ALONG"},{"name":"BLONG"}],"funcs":[{"name":"ALONG.run"},{"name":"BLONG.runLONG"}],"imports":[{"instance":"ALONG","func":"BLONG.runLONG"}],"resources":[{"name":"R","impl":"ALONG"},{"name":"SLONG","impl":"ALONG"}]}
host: invoke ALONG.run
ALONG: resource.new SLONG 4294967295
ALONG: call BLONG.runLONG
BLONG: waitable-set.new
BLONG: return
ALONG: resource.drop R 1
trap canon_resource_drop/type
violates LONG: LONG LONG
`

// Names that would be markup in XML are escaped, and the picture refers to nothing outside it.
func TestPictureOfHostileNames(t *testing.T) {
	svg, err := SVG(hostileTrace(t))
	if err != nil {
		t.Fatal(err)
	}
	shapesOf(t, svg)
	if strings.Contains(svg, "<script") || strings.Contains(svg, "<img") || strings.Contains(svg, "<b>") {
		t.Errorf("not escaped: %s", svg)
	}
	if strings.Contains(strings.Replace(svg, `xmlns="http://www.w3.org/2000/svg"`, "", 1), "http") || strings.Contains(svg, "url(") {
		t.Error("the picture refers to something outside it")
	}
}

// A trace that is too long for a picture is an error that says what to do.
func TestPictureOfLongTrace(t *testing.T) {
	trace := read(t, "world handles\n"+strings.Repeat("A: resource.new R 100\nA: resource.drop R 1\n", maxPictureLines/2)+"A: return\n")
	if _, err := SVG(trace); err == nil || !strings.Contains(err.Error(), "cabi shrink") {
		t.Errorf("%d lines: %v", len(trace.Lines), err)
	}
	trace.Lines = trace.Lines[:maxPictureLines-4]
	if _, err := SVG(trace); err != nil {
		t.Error(err)
	}
}

// Results that are packed numbers are drawn as words.
func TestPictureResults(t *testing.T) {
	p := &picture{trace: &model.Trace{World: &model.World{Imports: []model.Import{{Instance: "A", Func: "B.f", Async: true}}}}}
	for text, results := range map[string][2]string{
		"future.new u8":                        {"8589934593", "1, 2"},
		"future.read u8 async 1 0":             {"4294967295", "BLOCKED"},
		"future.write u8 async 1 0":            {"1", "DROPPED"},
		"stream.read u8 async 1 0 1":           {"16", "COMPLETED, 1"},
		"stream.cancel-read u8 async 1":        {"2", "CANCELLED, 0"},
		"subtask.cancel async 1":               {"3", "CANCELLED_BEFORE_STARTED"},
		"call B.f 1":                           {"33", "STARTED, subtask 2"},
		"call B.f 2":                           {"2", "RETURNED"},
		"call B.g":                             {"33", "33"},
		"waitable-set.poll uncancellable 1 0":  {"2", "STREAM_READ"},
		"waitable-set.wait uncancellable 1 0":  {"0", "NONE"},
		"resource.rep R 1":                     {"100", "100"},
		"context.get i32 0":                    {"", ""},
		"call B.h":                             {"1.5", "1.5"},
		"waitable-set.wait uncancellable 1 16": {"77", "77"},
	} {
		if got := p.results(model.Line{Actor: "A", Text: text, Results: results[0]}); got != results[1] {
			t.Errorf("%s -> %s is drawn as %q, want %q", text, results[0], got, results[1])
		}
	}
}
