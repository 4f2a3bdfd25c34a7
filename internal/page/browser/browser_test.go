// Package browser drives the page with a browser: it plays, steps, checks, and looks at what the page shows. It is a module of its own, for
// what it needs to drive one.
package browser

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cabi/internal/diff"
	"cabi/internal/explorer"
	"cabi/internal/export"
	"cabi/model"
)

// browsers are the names that a browser may have which can be driven.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "chrome", "headless-shell"}

// shared is a browser that all tests open pages in; nil: there is none.
var shared context.Context

func TestMain(m *testing.M) {
	path := os.Getenv("CABI_BROWSER")
	for _, name := range browsers {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	end := func() {}
	if path != "" {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute))
		allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		browser, endBrowser := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {})) // of events that are newer than the library
		shared, end = browser, func() { endBrowser(); endAllocator() }
		if err := chromedp.Run(browser); err != nil {
			fmt.Fprintln(os.Stderr, path, "cannot be driven:", err)
			os.Exit(1)
		}
	}
	code := m.Run()
	end()
	if siteDir != "" {
		os.RemoveAll(siteDir)
	}
	os.Exit(code)
}

// open opens an empty page. It skips the test where there is no browser.
func open(t *testing.T) context.Context {
	t.Helper()
	if shared == nil {
		t.Skip("there is no Chromium here: apt install chromium, or set CABI_BROWSER to one")
	}
	ctx, end := chromedp.NewContext(shared)
	t.Cleanup(end)
	const patience = 3 * time.Minute
	ctx, end = context.WithTimeout(ctx, patience)
	t.Cleanup(end)
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the page throws %v", e.ExceptionDetails)
		case *log.EventEntryAdded: // such as a violation of the content security policy
			if e.Entry.Level == log.LevelError && !strings.Contains(e.Entry.URL, "favicon.ico") {
				t.Errorf("the browser says %s (%s)", e.Entry.Text, e.Entry.URL)
			}
		}
	})
	do(t, ctx, log.Enable())
	return ctx
}

// serve serves the page, and returns its address.
func serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	handler := explorer.NewHandler(server.Listener.Addr().String())
	server.Config.Handler = handler
	server.Start()
	t.Cleanup(server.Close)
	return handler.URL()
}

func do(t *testing.T, ctx context.Context, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// until waits until an expression of the page is true. While the browser goes from one page to another, there is none to ask.
func until(expression string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		const patience, often = time.Minute, 20 * time.Millisecond
		for end := time.Now().Add(patience); ; time.Sleep(often) {
			var is bool
			err := chromedp.Evaluate("!!("+expression+")", &is).Do(ctx)
			switch {
			case err == nil && is:
				return nil
			case ctx.Err() != nil, time.Now().After(end):
				return fmt.Errorf("this did not become true: %s (%v)", expression, err)
			}
		}
	})
}

// text is the text of an element.
func text(t *testing.T, ctx context.Context, selector string) (text string) {
	t.Helper()
	do(t, ctx, chromedp.Text(selector, &text, chromedp.ByQuery))
	return text
}

// sees sets how wide and high the window is, and whether it is dark.
func sees(width, height int64, scheme string) chromedp.Action {
	return chromedp.Tasks{chromedp.EmulateViewport(width, height),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}})}
}

// shoot takes a picture, if CABI_PICTURES names a directory.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("CABI_PICTURES")
	if dir == "" {
		return
	}
	var picture []byte
	do(t, ctx, chromedp.Sleep(200*time.Millisecond), chromedp.CaptureScreenshot(&picture))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o666); err != nil {
		t.Fatal(err)
	}
}

// The story of the lost cancellation is opened from the gallery, and stepped through to its end.
func TestLostCancellation(t *testing.T) {
	ctx := open(t)
	do(t, ctx, sees(1440, 900, "light"), chromedp.Navigate(serve(t)), until(`document.querySelectorAll(".told button").length >= 3`))
	shoot(t, ctx, "gallery-light")
	do(t, ctx, chromedp.Click(".told .first", chromedp.ByQuery), until(`document.querySelectorAll("#next .option").length > 0`))
	if says := text(t, ctx, "#says"); !strings.Contains(says, "B.react is lifted with a callback") {
		t.Errorf("it begins: %s", says)
	}
	for range 6 {
		do(t, ctx, chromedp.Click("#on", chromedp.ByQuery))
	}
	do(t, ctx, until(`document.querySelectorAll("#next .option").length > 0 && document.getElementById("next").getAttribute("aria-busy") === "false"`))
	shoot(t, ctx, "cancel-light")
	do(t, ctx, sees(1440, 900, "dark"))
	shoot(t, ctx, "cancel-dark")
	do(t, ctx, sees(1000, 800, "light"))
	shoot(t, ctx, "cancel-1000")
	do(t, ctx, sees(390, 844, "light"))
	shoot(t, ctx, "cancel-narrow")
	do(t, ctx, sees(1440, 900, "light"), chromedp.KeyEvent(kb.End), after("8 of 8 actions"))
	if says, scene := text(t, ctx, "#says"), text(t, ctx, ".scene"); !strings.Contains(says, "The cancellation is lost") || !strings.Contains(scene, "PENDING_CANCEL") {
		t.Errorf("it ends: %s\n%s", says, scene)
	}
	shoot(t, ctx, "cancel-end")
}

// A world is played: what the menu says would stop the run does, and is explained with its line of the Python and its Go twin; the way back
// leads to another branch.
func TestPlay(t *testing.T) {
	ctx := open(t)
	do(t, ctx, sees(1440, 900, "light"), chromedp.Navigate(serve(t)), until(`document.getElementById("world")`),
		chromedp.SetValue("#world", "futures", chromedp.ByQuery), chromedp.Click(".group .primary", chromedp.ByQuery),
		take("future.new u8"), take("future.write u8 async 2 0"), after("2 of 2 actions"), menuIsThere)
	if scene := text(t, ctx, ".scene"); !strings.Contains(scene, "COPYING") || !strings.Contains(scene, "other end: A 1") {
		t.Errorf("after the write there is:\n%s", scene)
	}
	shoot(t, ctx, "play-light")
	do(t, ctx, chromedp.Evaluate(`[...document.querySelectorAll(".why")].find(e => e.textContent.includes("cancel_copy/copying")).click()`, nil), until(`document.getElementById("dialog").open`))
	if why := text(t, ctx, "#dialog"); !strings.Contains(why, "definitions.py:") || !strings.Contains(why, "spec/canon_cancel_copy.go:") {
		t.Errorf("it is explained so:\n%s", why)
	}
	shoot(t, ctx, "why-light")
	do(t, ctx, chromedp.Evaluate(`document.getElementById("dialog").close()`, nil), take("future.drop-readable u8 1"), until(`document.querySelector(".across")`))
	if happened := text(t, ctx, ".happened"); !strings.Contains(happened, "SharedFutureImpl.drop/pending-read") {
		t.Errorf("what happened is:\n%s", happened)
	}
	shoot(t, ctx, "stopped-light")
	do(t, ctx, chromedp.Click("#back", chromedp.ByQuery), take("future.cancel-write u8 async 2"), until(`document.querySelectorAll(".branches button").length === 1`), menuIsThere)
	shoot(t, ctx, "branch-light")
	do(t, ctx, chromedp.Click(".branches button", chromedp.ByQuery), after("2 of 3 actions"))
}

var menuIsThere = until(`document.querySelectorAll("#next .option").length > 0 && document.getElementById("next").getAttribute("aria-busy") === "false"`)

// after waits until the page shows what there is after so many actions.
func after(where string) chromedp.Action {
	return until(fmt.Sprintf(`document.getElementById("where")?.textContent === "after %s"`, where))
}

// take takes an action of the menu.
func take(action string) chromedp.Action {
	find := fmt.Sprintf(`[...document.querySelectorAll("#next .option")].find(e => e.querySelector("span").textContent === %q)`, action)
	return chromedp.Tasks{until(`document.getElementById("next")?.getAttribute("aria-busy") === "false" && ` + find), chromedp.Evaluate(find+".click()", nil)}
}

// A trace is shown under two variants side by side, and its link leads to it again.
func TestBesideAndLink(t *testing.T) {
	ctx := open(t)
	do(t, ctx, sees(1440, 900, "light"), chromedp.Navigate(serve(t)), until(`document.querySelectorAll(".told button").length >= 3`),
		chromedp.Click(".told button:nth-child(3)", chromedp.ByQuery), until(`document.querySelectorAll(".scene").length === 2`), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	if right := text(t, ctx, ".scene:last-child"); !strings.Contains(right, "handles[S]") {
		t.Errorf("under per-type there is:\n%s", right)
	}
	shoot(t, ctx, "beside-light")
	do(t, ctx, sees(390, 844, "dark"))
	shoot(t, ctx, "beside-narrow")
	var link string
	do(t, ctx, sees(1440, 900, "light"), chromedp.Evaluate(`document.getElementById("home").click()`, nil), chromedp.SetValue("#world", "cancel", chromedp.ByQuery), chromedp.Click(".group .primary", chromedp.ByQuery), take("call B.react"), menuIsThere,
		until(`location.hash.startsWith("#trace=") && location.hash.endsWith("at=1")`), chromedp.Evaluate("location.href", &link))
	do(t, ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(link), after("1 of 1 action"))
	if happened := text(t, ctx, ".happened"); !strings.Contains(happened, "call B.react") {
		t.Errorf("the link leads to:\n%s", happened)
	}
}

// A bounded search finds a counterexample, which is opened.
func TestCheck(t *testing.T) {
	ctx := open(t)
	do(t, ctx, sees(1440, 900, "light"), chromedp.Navigate(serve(t)), until(`document.getElementById("world")`),
		chromedp.SetValue("#world", "futures", chromedp.ByQuery), chromedp.Click(".group .primary", chromedp.ByQuery), menuIsThere,
		chromedp.Evaluate(`[...document.querySelectorAll("#tools button")].find(e => e.textContent === "Check").click()`, nil),
		chromedp.Click("#dialog .primary", chromedp.ByQuery), until(`document.querySelector("#dialog .verdict")`))
	if verdict := text(t, ctx, "#dialog .verdict"); verdict != "no-assertion-failure is violated after 3 actions" {
		t.Errorf("the verdict is: %s", verdict)
	}
	shoot(t, ctx, "check-light")
	do(t, ctx, chromedp.Click("#dialog .result .primary", chromedp.ByQuery), after("0 of 3 actions"))
}

// alone writes a page of a trace that needs no other file, and opens it.
func alone(t *testing.T, ctx context.Context, trace *model.Trace) {
	t.Helper()
	html, err := export.HTML(trace)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "trace.html")
	if err := os.WriteFile(file, []byte(html), 0o666); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate("file://"+file), until(`document.querySelector(".scene .card")`))
}

func read(t *testing.T, text string) *model.Trace {
	t.Helper()
	trace, err := model.ReadTrace(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// A page of one trace needs no engine: keys step through it.
func TestAlone(t *testing.T) {
	ctx := open(t)
	do(t, ctx, sees(1280, 800, "light"))
	alone(t, ctx, read(t, given))
	do(t, ctx, chromedp.KeyEvent(kb.End), after("3 of 3 actions"))
	if happened, scene := text(t, ctx, ".happened"), text(t, ctx, ".scene"); !strings.Contains(happened, "BLOCKED") || !strings.Contains(scene, "COPYING") || !strings.Contains(scene, "free, taken next") {
		t.Errorf("it ends:\n%s\n%s", happened, scene)
	}
	shoot(t, ctx, "alone-light")
	for _, width := range []int64{320, 640, 1600} {
		do(t, ctx, sees(width, 900, "dark"))
		var overflow int
		do(t, ctx, chromedp.Evaluate(`document.documentElement.scrollWidth - innerWidth`, &overflow))
		if overflow > 0 {
			t.Errorf("at a width of %d, the page is %d wider", width, overflow)
		}
		shoot(t, ctx, fmt.Sprintf("alone-%d", width))
	}
}

const given = `# A future's readable end is dropped while a write is pending.
world futures
A: future.new u8
A: future.write u8 async 2 0 -> blocked
A: future.drop-readable u8 1
assertion-failure SharedFutureImpl.drop/pending-read
`

// Names and text that would be markup stay text, in a page of one trace and where they are opened; what is malformed or too long is said to be.
func TestHostile(t *testing.T) {
	const world = "instance <b>x</b>\n"
	ctx := open(t)
	do(t, ctx, sees(1280, 800, "light"))
	alone(t, ctx, read(t, "# </script><script>window.owned=1</script><img src=x onerror=window.owned=1>\nworld w<img/src=x/onerror=window.owned=1>\n"+
		`define {"name":"w<img/src=x/onerror=window.owned=1>","instances":[{"name":"A"}],"funcs":[{"name":"A.run"}]}`+"\nhost: invoke A.run\nA: waitable-set.new\n"))
	unharmed := func() {
		t.Helper()
		var owned bool
		do(t, ctx, chromedp.Evaluate(`!!window.owned || !!document.querySelector("main img, main b b, #place img")`, &owned))
		if owned {
			t.Error("text became markup")
		}
	}
	unharmed()
	do(t, ctx, chromedp.Navigate(serve(t)), until(`document.querySelector(".group .primary")`))
	for what, wants := range map[string]string{
		"world x<img src=x onerror=window.owned=1>\n" + world:        "world",
		"world handles\nA: <img src=x onerror=window.owned=1>\n":     "img",
		strings.Repeat("world handles\\nA: return\\n", 60000):        "too long",
		"world waits\nin A.run\n  <script>window.owned=1</script>\n": "script",
		"{\"trace\":": "",
		"world handles\n" + strings.Repeat("A: resource.new R 100\n", 6000):                                             "possible here",
		"world handles\n" + strings.Repeat("A: resource.new R 100\n", 2000):                                             "too much to show",
		"world " + strings.Repeat("<img src=x>", 50000) + "\ninstance A\nfunc A.run()\nstart A.run\n":                   "",
		"world x\ninstance A\nfunc A.run(" + strings.Repeat("list<", 50000) + ")\n":                                     "nested deeper",
		"world handles\nin A.run\n" + strings.Repeat("  resource.new R 1 | resource.new S 1\n", 2000) + "always trap\n": "lines of programs",
	} {
		do(t, ctx, chromedp.Evaluate(`[...document.querySelectorAll("button")].find(e => e.textContent === "Write your own…").click()`, nil), until(`document.querySelector("dialog textarea")`),
			chromedp.Evaluate(fmt.Sprintf(`document.querySelector("dialog textarea").value = %q; document.querySelector("dialog .primary").click()`, what), nil),
			until(`!document.getElementById("notice").hidden`))
		if notice := text(t, ctx, "#notice"); !strings.Contains(notice, wants) {
			t.Errorf("of %.60q it says: %.200s", what, notice)
		}
		unharmed()
		do(t, ctx, chromedp.Evaluate(`document.querySelector("#notice button").click()`, nil))
	}
	do(t, ctx, chromedp.Evaluate(`(() => {
		const dropped = new DataTransfer();
		dropped.items.add(new File(["x".repeat(3e6)], "<b>long</b>.cabi"));
		document.dispatchEvent(new DragEvent("drop", {dataTransfer: dropped, cancelable: true}));
	})()`, nil), until(`document.getElementById("notice").textContent.startsWith("<b>long</b>.cabi is too long")`))
	unharmed()
}

// What is behind the # of a link may be rubbish, megabytes of it, or unpack to more than there is memory for: the page says so, and goes on.
func TestHostileLink(t *testing.T) {
	packed := func(text io.Reader) string {
		var b bytes.Buffer
		z, err := flate.NewWriter(&b, flate.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(z, text); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b.Bytes())
	}
	ctx := open(t)
	address := serve(t)
	do(t, ctx, sees(1280, 800, "light"))
	do(t, ctx, chromedp.Navigate(address), until(`document.querySelector(".told button")`))
	for _, c := range []struct{ hash, wants string }{ // the page makes the long ones, since the driver is slow with addresses of megabytes
		{`"trace=" + "A".repeat(1.5e6)`, "the link is too long: 1,500,007 characters"},
		{`"trace=" + "A".repeat(3e5)`, "the link is broken"},
		{`"trace=" + "%".repeat(1e5)`, "the link is broken"},
		{`"trace=` + packed(io.LimitReader(zeros{}, 100_000_000)) + `"`, "more than a trace may have"},
		{`"trace=` + packed(strings.NewReader("<img src=x onerror=owned=1>")) + `"`, "img"},
		{`"trace=` + packed(strings.NewReader("world handles\nA: fly\n")) + `&at=99999999999999999999"`, "fly"},
		{`"open=" + "told/".repeat(3e4)`, "no such entry"},
		{`"at=" + "9".repeat(1e5) + "&trace"`, "the link is broken"},
	} {
		var took float64
		do(t, ctx, chromedp.Evaluate(fmt.Sprintf(`new Promise(done => {
			const notice = document.getElementById("notice"), begun = performance.now();
			notice.hidden = true;
			notice.textContent = "";
			const seen = new MutationObserver(() => { if (!notice.hidden && notice.textContent) { seen.disconnect(); done(performance.now() - begun); } });
			seen.observe(notice, {attributes: true, childList: true});
			location.hash = %s;
		})`, c.hash), &took, awaited))
		t.Logf("%.30s…: %.0f ms", c.hash, took)
		if notice := text(t, ctx, "#notice"); !strings.Contains(notice, c.wants) || len(notice) > 3000 {
			t.Errorf("of %.30s… it says: %.200s", c.hash, notice)
		}
		var owned bool
		if do(t, ctx, chromedp.Evaluate(`!!window.owned`, &owned)); owned {
			t.Error("text became a script")
		}
	}
}

// zeros reads as zeros, without end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// A litmus file's outcomes are shown, and each leads to a run.
func TestLitmus(t *testing.T) {
	ctx := open(t)
	do(t, ctx, sees(1280, 800, "light"), chromedp.Navigate(serve(t)+"#open=examples/sync-copy-in-a-set"), until(`document.querySelectorAll("#outcomes button").length === 2`))
	shoot(t, ctx, "litmus-light")
	do(t, ctx, chromedp.Click("#outcomes button", chromedp.ByQuery), menuIsThere)
}

// compared is a report of two versions, with the versions: of a recorded proposal if upstream's history is at hand, and otherwise of two variants.
func compared(t *testing.T) (r *diff.Report, old, new *diff.Version) {
	t.Helper()
	open := func(name, git string) *diff.Version {
		v, err := diff.Open(name, git)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	old = open(diff.Port, "")
	if git := os.Getenv("CABI_UPSTREAM_GIT"); git != "" {
		text, err := os.ReadFile("../../diff/testdata/proposals/fix-cancel-bug.json")
		if err != nil {
			t.Fatal(err)
		}
		r = &diff.Report{}
		if err := json.Unmarshal(text, r); err != nil {
			t.Fatal(err)
		}
		return r, old, open("d834f63", git)
	}
	new = open("per-type", "")
	r, err := diff.Compare(diff.Options{Old: old, New: new, Worlds: []*model.World{model.WorldByName("handles")}, Pairs: 100, States: 100, Behind: 50})
	if err != nil {
		t.Fatal(err)
	}
	return r, old, new
}

// Each difference of two versions is stepped through on both, side by side, from where they part.
func TestDiff(t *testing.T) {
	ctx := open(t)
	r, old, new := compared(t)
	r.NotTaken = append(r.NotTaken, "<img src=x onerror=window.owned=1>")
	var html strings.Builder
	if err := r.WriteHTML(&html, old, new); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "diff.html")
	if err := os.WriteFile(file, []byte(html.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, sees(1440, 900, "light"), chromedp.Navigate("file://"+file), until(`document.getElementById("found0")`))
	if all := text(t, ctx, "#main"); !strings.Contains(all, r.Summary()) || !strings.Contains(all, "<img src=x") || !strings.Contains(all, r.Differences[0].Kind) {
		t.Errorf("the report is:\n%s", all)
	}
	shoot(t, ctx, "diff-report-light")
	do(t, ctx, sees(390, 844, "dark"))
	shoot(t, ctx, "diff-report-narrow")
	do(t, ctx, sees(1440, 900, "light"), chromedp.Click("#found0", chromedp.ByQuery), until(`document.querySelectorAll(".scene").length === 2`))
	var marked, shown, lanes, owned bool
	do(t, ctx, chromedp.Evaluate(`document.querySelectorAll(".step.parts").length >= 1 && [...document.querySelectorAll(".step.parts")].every(e => e.getAttribute("aria-selected") === "true")`, &marked),
		chromedp.Evaluate(`document.querySelectorAll(".card .only").length >= 2`, &shown),
		chromedp.Evaluate(`new Set([...document.querySelectorAll(".lanes")].map(e => e.textContent)).size === 1`, &lanes),
		chromedp.Evaluate(`!!window.owned`, &owned))
	if !marked || !shown || !lanes || owned {
		t.Errorf("where the versions part is marked and shown: %v; what there is on each is told apart: %v; both have the same lanes: %v; a script ran: %v", marked, shown, lanes, owned)
	}
	shoot(t, ctx, "diff-light")
	do(t, ctx, sees(1440, 900, "dark"))
	shoot(t, ctx, "diff-dark")
	do(t, ctx, sees(390, 844, "light"))
	shoot(t, ctx, "diff-narrow")
	do(t, ctx, sees(1440, 900, "light"), chromedp.KeyEvent(kb.Home), chromedp.Click("#parting", chromedp.ByQuery), until(`document.querySelector(".step.parts[aria-selected=true]")`),
		chromedp.Evaluate(`[...document.querySelectorAll("#tools button")].find(e => e.textContent === "The report").click()`, nil), until(`document.activeElement.id === "found0"`))
}

// What the tutorial does is shown: the trace of component-model#395 under both designs, and the stale handle of its last part.
func TestTutorial(t *testing.T) {
	const two = "world handles\nA: resource.new R 100\nA: resource.new S 200\n"
	const stale = "world handles\nA: resource.new R 0\nA: resource.drop R 1\nA: resource.new R 0\nA: call B.see-R 1\n"
	ctx := open(t)
	address := serve(t)
	openText := func(text string) {
		t.Helper()
		do(t, ctx, sees(1280, 640, "light"), chromedp.Navigate("about:blank"), chromedp.Navigate(address), until(`document.querySelector(".told button")`),
			chromedp.Evaluate(`[...document.querySelectorAll("button")].find(e => e.textContent === "Write your own…").click()`, nil), until(`document.querySelector("dialog textarea")`),
			chromedp.Evaluate(fmt.Sprintf(`document.querySelector("dialog textarea").value = %q; document.querySelector("dialog .primary").click()`, text), nil), menuIsThere)
	}
	openText(two)
	do(t, ctx, chromedp.Evaluate(`(() => { const s = document.querySelector("#tools select"); s.value = "per-type"; s.dispatchEvent(new Event("change")); })()`, nil),
		until(`document.querySelectorAll(".scene").length === 2`), chromedp.KeyEvent(kb.End), after("2 of 2 actions"))
	if right := text(t, ctx, ".session"); !strings.Contains(right, "unique-in-instance") {
		t.Errorf("under per-type it violates nothing:\n%s", right)
	}
	shoot(t, ctx, "tutorial-two")
	openText(stale)
	do(t, ctx, chromedp.KeyEvent(kb.End), after("4 of 4 actions"), menuIsThere)
	if happened := text(t, ctx, ".happened"); !strings.Contains(happened, "enter B.see-R 1") {
		t.Errorf("what happened is:\n%s", happened)
	}
	shoot(t, ctx, "tutorial-stale")
}

// The page as static files has its engine in a worker, and starts.
func TestSite(t *testing.T) {
	ctx := open(t)
	dir, err := site()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	do(t, ctx, sees(1440, 900, "dark"), chromedp.Navigate(server.URL), until(`document.querySelectorAll(".told button").length >= 3`))
	shoot(t, ctx, "site-dark")
	packed, err := os.Stat(filepath.Join(dir, "engine.bin"))
	const most = 6_000_000
	if err != nil || packed.Size() > most {
		t.Errorf("the engine takes more than %d bytes: %v, %v", most, packed, err)
	}
	do(t, ctx, chromedp.Click(".told .first", chromedp.ByQuery), menuIsThere)
	do(t, ctx, chromedp.Evaluate(`[...document.querySelectorAll("#tools button")].find(e => e.textContent === "Check").click()`, nil),
		chromedp.Click("#dialog .primary", chromedp.ByQuery), until(`document.querySelector("#dialog .result p")?.textContent.includes("states")`),
		chromedp.Evaluate(`[...document.querySelectorAll("#dialog button")].find(e => e.textContent === "Stop").click()`, nil),
		until(`document.querySelector("#dialog .verdict")?.textContent.startsWith("Stopped")`), chromedp.Evaluate(`document.getElementById("dialog").close()`, nil),
		chromedp.Click("#on", chromedp.ByQuery), menuIsThere)
}
