// Package browser drives the page with a browser: it plays, steps, checks, and looks at what the page shows. It is a module of its own, for
// what it needs to drive one.
package browser

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"cabi/internal/explorer"
)

// browsers are the names that a browser may have which can be driven.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "chrome", "headless-shell"}

// open starts a browser with an empty page. It skips the test where there is none.
func open(t *testing.T) context.Context {
	t.Helper()
	path := os.Getenv("CABI_BROWSER")
	for _, name := range browsers {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Skip("there is no Chromium here: apt install chromium, or set CABI_BROWSER to one")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute))
	allocator, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	const patience = 3 * time.Minute
	ctx, end = context.WithTimeout(ctx, patience)
	t.Cleanup(end)
	chromedp.ListenTarget(ctx, func(event any) {
		if e, is := event.(*runtime.EventExceptionThrown); is {
			t.Errorf("the page throws %v", e.ExceptionDetails)
		}
	})
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

// until waits until an expression of the page is true.
func until(expression string) chromedp.Action {
	return chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(time.Minute))
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
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})}
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
	if says := text(t, ctx, "#says"); !strings.Contains(says, "Two component instances") {
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
	do(t, ctx, sees(1920, 1000, "light"), chromedp.KeyEvent("\ue011"))
}
