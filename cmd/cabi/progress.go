package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"golang.org/x/term"

	"cabi/model"
)

// A progress shows how far a search is: on a terminal in one status line, which is overwritten, elsewhere in a new line now and then.
type progress struct {
	w         io.Writer
	terminal  bool
	interrupt <-chan os.Signal
	begun     time.Time
	updated   time.Time
	drawn     bool
	duration  time.Duration // after which the search is stopped; 0: never
}

func newProgress(w io.Writer, duration time.Duration) *progress {
	f, ok := w.(*os.File)
	now := time.Now()
	return &progress{w: w, terminal: ok && term.IsTerminal(int(f.Fd())), interrupt: interrupted(), begun: now, updated: now, duration: duration}
}

// update is the Progress of a search: it shows the report if that is due, and stops the search at Ctrl-C or after its duration.
func (p *progress) update(r *model.Report) bool {
	select {
	case <-p.interrupt:
		return false
	default:
	}
	if p.duration > 0 && time.Since(p.begun) >= p.duration {
		return false
	}
	if time.Since(p.updated) >= p.interval() {
		p.updated = time.Now()
		p.draw(r)
	}
	return true
}

func (p *progress) interval() time.Duration {
	if p.terminal {
		return 200 * time.Millisecond
	}
	return 10 * time.Second
}

func (p *progress) draw(r *model.Report) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	seconds := time.Since(p.begun).Seconds()
	line := fmt.Sprintf("%d states, %.0f/s, depth %d, frontier %d, %d MB", r.States, float64(r.States)/seconds, r.Depth, r.Frontier, memory.Sys>>20)
	if r.Runs > 0 {
		line = fmt.Sprintf("%d runs, %d actions, %.0f/s, %d state shapes, %d MB", r.Runs, r.Transitions, float64(r.Transitions)/seconds, r.States, memory.Sys>>20)
	}
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		p.drawn = true
	} else {
		fmt.Fprintln(p.w, line)
	}
}

// clear removes the status line from the terminal.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}
