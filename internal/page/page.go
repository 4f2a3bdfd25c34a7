// Package page is the page that explores the specification: its files, and how they become one file that needs no other. What it shows is
// data, from an engine (internal/explorer) or within the page. It is plain HTML, CSS and JavaScript; it fetches nothing from elsewhere, and
// its content security policy has the browser see to that.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"strings"
)

var (
	//go:embed page.html
	markup string
	//go:embed page.css
	style string
	//go:embed page.js
	script string
	//go:embed worker.js
	worker string
)

// An Engine is how a page asks its questions.
type Engine string

// The engines.
const (
	Served Engine = "http"   // cabi serve answers
	Worker Engine = "worker" // a WebAssembly module in a worker does
)

// policy is the content security policy of a page: nothing but its own files, and for the worker its own WebAssembly.
func policy(e Engine) string {
	scripts := "'self'"
	if e == Worker {
		scripts += " 'wasm-unsafe-eval'"
	}
	return "default-src 'none'; script-src " + scripts + "; style-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'"
}

// Files are the files of a page with an engine, by name.
func Files(e Engine) map[string]string {
	files := map[string]string{
		"index.html": strings.NewReplacer("CSP", policy(e), "ENGINE", string(e)).Replace(markup),
		"page.css":   style,
		"page.js":    script,
	}
	if e == Worker {
		files["worker.js"] = worker
	}
	return files
}

// Alone is a page of data that needs no other file and no engine. It shows the text, such as a trace, where there is no JavaScript.
func Alone(data any, text string) (string, error) {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(data); err != nil { // it escapes <, > and &, so that nothing ends the element
		return "", err
	}
	policy := fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; base-uri 'none'; form-action 'none'", hash(script), hash(style))
	return strings.NewReplacer(
		"CSP", policy,
		"ENGINE", "none",
		`<link rel="stylesheet" href="page.css">`, "<style>"+style+"</style>",
		`<script src="page.js" defer></script>`, fmt.Sprintf("<noscript><pre>%s</pre></noscript>\n<script type=\"application/json\" id=\"data\">%s</script>\n<script>%s</script>",
			html.EscapeString(text), strings.TrimSpace(b.String()), script),
	).Replace(markup), nil
}

// hash is how a content security policy names a script or a style.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
