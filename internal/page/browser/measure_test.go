package browser

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A screen is something that the page shows, and how to come there.
type screen struct {
	name string
	open func(t *testing.T, ctx context.Context)
}

// screens are all kinds of what the page shows.
func screens(t *testing.T) []screen {
	address := serve(t)
	at := func(where string, actions ...chromedp.Action) func(*testing.T, context.Context) {
		return func(t *testing.T, ctx context.Context) {
			t.Helper()
			do(t, ctx, append([]chromedp.Action{chromedp.Navigate("about:blank"), chromedp.Navigate(address + where)}, actions...)...)
		}
	}
	click := func(text string) chromedp.Action {
		return chromedp.Evaluate(fmt.Sprintf(`[...document.querySelectorAll("button")].find(e => e.textContent === %q).click()`, text), nil)
	}
	written := func(html func() (string, error), ready string, actions ...chromedp.Action) func(*testing.T, context.Context) {
		file := filepath.Join(t.TempDir(), "page.html")
		return func(t *testing.T, ctx context.Context) {
			t.Helper()
			if _, err := os.Stat(file); err != nil {
				text, err := html()
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			do(t, ctx, append([]chromedp.Action{chromedp.Navigate("file://" + file), until(ready)}, actions...)...)
		}
	}
	report := sync.OnceValues(func() (string, error) {
		r, old, new := compared(t)
		var html strings.Builder
		err := r.WriteHTML(&html, old, new)
		return html.String(), err
	})
	return []screen{
		{"opening", at("", until(`document.querySelector(".told button")`))},
		{"story", at("#open=told/02-cancellation-lost-lock&at=8", menuIsThere)},
		{"stopped", at("#open=told/01-future-dropped&at=3", until(`document.querySelector("#next h2")`))},
		{"beside", at("#open=told/two-numberings&at=2", until(`document.querySelectorAll(".scene").length === 2`))},
		{"play", at("#open=told/01-future-dropped&at=2", menuIsThere, take("future.cancel-write u8 async 2"), after("3 of 3 actions"), menuIsThere)},
		{"memory", at("#open=suite/stream.read-async-completed-with-all-after-others-acted", until(`document.querySelector(".scene .card")`))},
		{"why", at("#open=told/01-future-dropped&at=2", menuIsThere, chromedp.Evaluate(`document.querySelector(".why").click()`, nil), until(`document.querySelector("dialog .code")`))},
		{"check", at("#open=told/01-future-dropped&at=2", menuIsThere, click("Check"), chromedp.Click("#dialog .primary", chromedp.ByQuery), until(`document.querySelector("#dialog .verdict")`))},
		{"own", at("", until(`document.querySelector(".told button")`), click("Write your own…"), until(`document.querySelector("textarea")`))},
		{"litmus", at("#open=examples/sync-copy-in-a-set", until(`document.getElementById("outcomes")`))},
		{"error", at("#open=nothing", until(`!document.getElementById("notice").hidden`))},
		{"report", written(report, `document.getElementById("found0")`)},
		{"difference", written(report, `document.getElementById("found0")`, chromedp.Click("#found0", chromedp.ByQuery), until(`document.querySelector(".step.parts")`))},
	}
}

// contrasts are the texts whose contrast with what is behind them is less than 4.5 to 1, as WCAG 2 counts it.
const contrasts = `(() => {
	const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true}), known = new Map();
	const rgba = colour => {
		if (!known.has(colour)) {
			canvas.clearRect(0, 0, 1, 1);
			canvas.fillStyle = colour;
			canvas.fillRect(0, 0, 1, 1);
			known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
		}
		return known.get(colour);
	};
	const over = ([r, g, b, a], under) => [r, g, b].map((v, i) => v * a / 255 + under[i] * (1 - a / 255));
	const behind = e => e ? over(rgba(getComputedStyle(e).backgroundColor), behind(e.parentElement)) : [255, 255, 255];
	const luminance = rgb => rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const bad = [];
	let texts = 0;
	const look = (e, colour, text) => {
		const under = behind(e), [a, b] = [luminance(over(rgba(colour), under)), luminance(under)];
		const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		texts++;
		if (contrast < 4.5) bad.push(contrast.toFixed(2) + ": " + text.trim().slice(0, 60) + " (" + e.className + ")");
		for (let p = e; p; p = p.parentElement) if (getComputedStyle(p).opacity !== "1") bad.push("not opaque: " + text.slice(0, 60));
	};
	const root = document.querySelector("dialog[open]") || document.body;
	const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement;
		if (walk.currentNode.data.trim() && e.checkVisibility() && e.tagName !== "OPTION") look(e, getComputedStyle(e).color, walk.currentNode.data);
	}
	for (const e of root.querySelectorAll("input[placeholder]")) look(e, getComputedStyle(e, "::placeholder").color, e.placeholder);
	return texts < 3 ? ["only " + texts + " texts were looked at"] : bad;
})()`

// tooWide are the elements that reach beyond the window, or whose content is wider than they are and is not made to be scrolled sideways.
const tooWide = `(() => {
	const sideways = ".code, .memory, .branches, pre, textarea, select", bad = [];
	const clipped = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) if (p.matches(sideways)) return true; return false; };
	for (const e of document.body.querySelectorAll("*")) {
		if (!e.checkVisibility() || clipped(e)) continue;
		const {left, right, width} = e.getBoundingClientRect(), name = e.tagName.toLowerCase() + "." + e.className + "#" + e.id;
		if (width && (right > innerWidth + 1 || left < -1)) bad.push(name + " reaches from " + left + " to " + right);
		if (!e.matches(sideways) && !["visible", "clip"].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1) bad.push(name + " holds " + e.scrollWidth + " in " + e.clientWidth);
	}
	if (document.documentElement.scrollWidth > innerWidth) bad.push("the page is " + document.documentElement.scrollWidth + " wide");
	return [...new Set(bad)].slice(0, 8);
})()`

// Every text can be read, every control has a name and a role, and nothing is wider than the window, whatever the page shows.
func TestReadable(t *testing.T) {
	ctx := open(t)
	do(t, ctx, accessibility.Enable())
	for _, s := range screens(t) {
		s.open(t, ctx)
		var bad []string
		for _, scheme := range []string{"light", "dark"} {
			do(t, ctx, sees(1440, 900, scheme), chromedp.Evaluate(contrasts, &bad))
			if len(bad) > 0 {
				t.Errorf("%s, %s: these have too little contrast: %s", s.name, scheme, strings.Join(bad, "; "))
			}
			shoot(t, ctx, "look-"+s.name+"-"+scheme)
		}
		widths := []int64{360, 641, 1181, 2400}
		if os.Getenv("CABI_LONG") != "" {
			widths = []int64{360, 390, 520, 640, 641, 720, 800, 900, 1000, 1180, 1181, 1300, 1440, 1920, 2400}
		}
		for _, width := range widths {
			do(t, ctx, sees(width, 900, "light"), chromedp.Evaluate(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))`, nil, awaited), chromedp.Evaluate(tooWide, &bad))
			if len(bad) > 0 {
				t.Errorf("%s, in a window of %d: %s", s.name, width, strings.Join(bad, "; "))
			}
			if width == 360 || width == 2400 {
				shoot(t, ctx, fmt.Sprintf("look-%s-%d", s.name, width))
			}
		}
		do(t, ctx, sees(1440, 900, "light"))
		nameless(t, ctx, s.name)
	}
}

// nameless reports the controls that have no name or no role, as those hear of them who cannot see the page.
func nameless(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	type value struct {
		Value any `json:"value"`
	}
	var tree struct {
		Nodes []struct {
			Ignored    bool  `json:"ignored"`
			Role       value `json:"role"`
			Name       value `json:"name"`
			Properties []struct {
				Name  string `json:"name"`
				Value value  `json:"value"`
			} `json:"properties"`
		} `json:"nodes"`
	}
	do(t, ctx, chromedp.ActionFunc(func(ctx context.Context) error { // without the library's types, which do not know all that browsers say
		return cdp.Execute(ctx, accessibility.CommandGetFullAXTree, nil, &tree)
	}))
	controls := 0
	for _, n := range tree.Nodes {
		focusable := false
		for _, p := range n.Properties {
			focusable = focusable || p.Name == "focusable" && p.Value.Value == true
		}
		if n.Ignored || !focusable || n.Role.Value == "RootWebArea" {
			continue
		}
		if controls++; n.Name.Value == nil || n.Name.Value == "" || n.Role.Value == nil || n.Role.Value == "generic" {
			t.Errorf("%s: a control has the role %v and the name %v", name, n.Role.Value, n.Name.Value)
		}
	}
	if controls < 3 {
		t.Errorf("%s: %d controls were found", name, controls)
	}
}

// The key that goes from control to control reaches each of them, in the order of the page, and one sees where it is.
func TestFocus(t *testing.T) {
	const controls = `[...document.querySelectorAll("a[href], button, select, input, textarea, [tabindex='0'], summary")].filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility())`
	ctx := open(t)
	for _, s := range screens(t) {
		if !slices.Contains([]string{"opening", "play", "beside", "litmus", "difference"}, s.name) {
			continue
		}
		s.open(t, ctx)
		do(t, ctx, sees(1440, 900, "light"))
		var count int
		do(t, ctx, chromedp.Evaluate(`document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex"); `+controls+`.length`, &count))
		count = min(count, 40)
		seen := -1
		for range count {
			var at struct {
				Place   int
				Name    string
				Outline string
				Seen    bool
			}
			do(t, ctx, chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(`(() => {
				const e = document.activeElement, {top, bottom, left, right} = e.getBoundingClientRect(), style = getComputedStyle(e);
				return {place: `+controls+`.indexOf(e), name: e.tagName + " " + e.textContent.slice(0, 40), outline: style.outlineStyle + " " + parseFloat(style.outlineWidth),
					seen: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth};
			})()`, &at))
			if at.Place != seen+1 || !at.Seen || !strings.HasPrefix(at.Outline, "solid 2") {
				t.Errorf("%s: after control %d comes %d, %s, with the outline %q; it is in sight: %v", s.name, seen, at.Place, at.Name, at.Outline, at.Seen)
			}
			seen = at.Place
		}
	}
}

// siteDir is the directory of the page as static files; empty: they were not made.
var siteDir string

// site makes the page as static files, once.
var site = sync.OnceValues(func() (dir string, err error) {
	if siteDir, err = os.MkdirTemp("", "site"); err != nil {
		return "", err
	}
	build := exec.Command("go", "run", "./internal/explorer/site", siteDir)
	build.Dir = "../../.."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%v\n%s", err, out)
	}
	return siteDir, nil
})

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// Figures that docs/page.md has. Times are printed and not asserted; the size is.
func TestFigures(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("CABI_LONG is not set: figures are of a quiet machine; make page-figures prints them")
	}
	ctx := open(t)
	dir, err := site()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	total := 0 // with gzip
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		total += packed.Len()
	}
	const most = 6_000_000
	if t.Logf("size: %d files, %.2f MB with gzip", len(files), float64(total)/1e6); total > most || total < most/100 {
		t.Errorf("the site takes %d bytes with gzip, of %d", total, most)
	}
	first := func(name, where, ready string) {
		const watch = `window.firstAt = 0; new MutationObserver(() => { if (!window.firstAt && (%s)) window.firstAt = performance.now(); }).observe(document, {subtree: true, childList: true, attributes: true});`
		var id page.ScriptIdentifier
		var took []float64
		for range 3 {
			var at float64
			do(t, ctx, network.SetCacheDisabled(true), chromedp.Navigate("about:blank"), chromedp.ActionFunc(func(ctx context.Context) (err error) {
				id, err = page.AddScriptToEvaluateOnNewDocument(fmt.Sprintf(watch, ready)).Do(ctx)
				return err
			}), chromedp.Navigate(server.URL+where), until("window.firstAt > 0"), chromedp.Evaluate("window.firstAt", &at))
			do(t, ctx, page.RemoveScriptToEvaluateOnNewDocument(id))
			took = append(took, at)
		}
		slices.Sort(took)
		t.Logf("%s: %.1f s, of three times the middle one", name, took[1]/1000)
	}
	do(t, ctx, sees(1440, 900, "light"))
	first("from the navigation to the opening page, which can be used", "/", `document.querySelector(".told button")`)
	first("from the navigation to the first menu, which can be used, by a link to a story", "/#open=told/02-cancellation-lost-lock", `document.querySelector("#next .option")`)
	begun := time.Now()
	do(t, ctx, chromedp.Click("#next .option", chromedp.ByQuery), after("1 of 1 action"), menuIsThere)
	t.Logf("an action of the menu, and the next menu: %.2f s", time.Since(begun).Seconds())
	first("from the navigation to the first menu, by a world that was chosen", "/#open=told/01-future-dropped", `document.querySelector("#next .option")`)

	alone(t, ctx, read(t, long()))
	var took []float64
	do(t, ctx, chromedp.Evaluate(`(async () => {
		const took = [];
		for (let i = 0; i < 1000; i++) {
			const begun = performance.now();
			document.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight"}));
			document.body.getBoundingClientRect();
			took.push(performance.now() - begun);
			if (i % 20 === 0) await new Promise(requestAnimationFrame);
		}
		return took.sort((a, b) => a - b);
	})()`, &took, awaited), after("1,000 of 1,000 actions"))
	t.Logf("a key press in a trace of 1,000 actions: %.1f ms, of 1,000 times the middle one; 1 of 100 takes more than %.1f ms, the longest %.1f ms", took[500], took[990], took[999])
}

// long is a trace of a thousand actions.
func long() string {
	var trace strings.Builder
	trace.WriteString("world handles\n")
	for range 500 {
		trace.WriteString("A: resource.new R 100\nA: resource.drop R 1\n")
	}
	return trace.String()
}
