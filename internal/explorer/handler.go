package explorer

import (
	"crypto/rand"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"

	"cabi/internal/page"
)

// A Handler serves the page at one address, to nobody who does not know the secret in it.
type Handler struct {
	host  string // "127.0.0.1:PORT"
	root  string // "/SECRET/"
	files map[string]string
	turn  sync.Mutex // one question is answered at a time
}

// NewHandler makes a handler for the page at a host, such as 127.0.0.1:8080.
func NewHandler(host string) *Handler {
	return &Handler{host: host, root: "/" + strings.ToLower(rand.Text()) + "/", files: page.Files(page.Served)}
}

// URL is the address of the page.
func (h *Handler) URL() string { return "http://" + h.host + h.root }

// ServeHTTP answers a request. A page of another site cannot ask: it does not know the secret; its requests say where they come from; and a
// name of its own that it has lead here is not this host.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ours := strings.CutPrefix(r.URL.Path, h.root)
	origin := r.Header.Get("Origin")
	site := r.Header.Get("Sec-Fetch-Site")
	switch {
	case r.Host != h.host:
		http.Error(w, "this is not the host of the page", http.StatusMisdirectedRequest)
		return
	case !ours:
		http.NotFound(w, r)
		return
	case origin != "" && origin != "http://"+h.host, site == "cross-site", site == "same-site":
		http.Error(w, "another site may not ask", http.StatusForbidden)
		return
	}
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Content-Security-Policy", "frame-ancestors 'none'")
	if name == "ask" {
		h.ask(w, r)
		return
	}
	if name == "" {
		name = "index.html"
	}
	text, known := h.files[name]
	switch {
	case !known:
		http.NotFound(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, "files are only read", http.StatusMethodNotAllowed)
	default:
		header.Set("Content-Type", map[string]string{".html": "text/html", ".css": "text/css", ".js": "text/javascript"}[path.Ext(name)]+"; charset=utf-8")
		_, _ = io.WriteString(w, text) // whoever went away reads nothing
	}
}

// ask answers a question by lines of JSON.
func (h *Handler) ask(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "a question is posted as JSON", http.StatusUnsupportedMediaType)
		return
	}
	question, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 3*MostText))
	if err != nil {
		http.Error(w, "the question is too long", http.StatusRequestEntityTooLarge)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	h.turn.Lock()
	defer h.turn.Unlock()
	flush := http.NewResponseController(w)
	Answer(question, func(line []byte) bool {
		_, err := w.Write(append(line, '\n'))
		return err == nil && flush.Flush() == nil && r.Context().Err() == nil
	})
}
