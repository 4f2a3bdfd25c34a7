package page

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Text contrasts with what is behind it by 4.5 to 1 at least, on a light and on a dark screen, as WCAG 2 asks.
func TestContrast(t *testing.T) {
	pairs := [][2]string{{"ink", "changed"}, {"quiet", "changed"}, {"good", "changed"}, {"bad", "bad-paper"}, {"on-accent", "accent"}, {"accent", "panel"}, {"accent", "paper"}, {"accent", "sunk"}}
	for _, behind := range []string{"paper", "panel", "sunk", "now"} {
		for _, text := range []string{"ink", "quiet", "good", "bad"} {
			pairs = append(pairs, [2]string{text, behind})
		}
	}
	for _, lane := range []string{"lane0", "lane1", "lane2", "lane3", "lane4"} {
		pairs = append(pairs, [2]string{lane, "panel"}, [2]string{lane, "now"})
	}
	for scheme, name := range []string{"light", "dark"} {
		for _, pair := range pairs {
			text, behind := luminance(t, scheme, pair[0]), luminance(t, scheme, pair[1])
			if contrast := (max(text, behind) + 0.05) / (min(text, behind) + 0.05); contrast < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.1f", name, pair[0], pair[1], contrast)
			}
		}
	}
	_, rest, _ := strings.Cut(style, "}\n")
	if colours := regexp.MustCompile(`#[0-9a-f]{3,8}\b`).FindAllString(rest, -1); len(colours) > 0 {
		t.Errorf("these colours have no name, so they are not checked: %q", colours)
	}
}

// luminance is the relative luminance of a colour that the page has a name for.
func luminance(t *testing.T, scheme int, name string) float64 {
	t.Helper()
	m := regexp.MustCompile(`--` + name + `: light-dark\(#(\w{6}), #(\w{6})\);`).FindStringSubmatch(style)
	if m == nil {
		t.Fatalf("no colour is named %s", name)
	}
	n, err := strconv.ParseUint(m[1+scheme], 16, 24)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(part uint64) float64 {
		v := float64(part&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}

// Nothing makes markup of text, runs text as a program, or refers to another site.
func TestPlain(t *testing.T) {
	for name, text := range Files(Worker) {
		if m := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://`).FindString(text); m != "" {
			t.Errorf("%s has %s", name, m)
		}
	}
	for _, e := range []Engine{Served, Worker} {
		if html := Files(e)["index.html"]; strings.Contains(html, "unsafe-inline") || !strings.Contains(html, "default-src 'none'") {
			t.Errorf("the policy of %s is weak", e)
		}
	}
}

// Data in a page cannot end the element that it stands in, and the script and the style are those that the policy names.
func TestAlone(t *testing.T) {
	html, err := Alone(map[string]string{"x": "</script><script>alert(1)</script><!--"}, "</pre></noscript><script>")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(html, "<script"); n != 2 {
		t.Errorf("%d scripts", n)
	}
	for _, part := range []string{script, style} {
		if !strings.Contains(html, hash(part)) || !strings.Contains(html, ">"+part+"<") {
			t.Error("the policy names another text than that of the page")
		}
	}
}
