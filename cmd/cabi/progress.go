package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"cabi/model"
)

// A progress tells how a search goes on: one status line on a terminal, now and then a line elsewhere.
type progress struct {
	w         io.Writer
	terminal  bool
	interrupt <-chan os.Signal
	begun     time.Time
	told      time.Time
	drawn     bool
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	now := time.Now()
	return &progress{w: w, terminal: ok && term.IsTerminal(int(f.Fd())), interrupt: interrupted(), begun: now, told: now}
}

// tell is the search's Progress: it stops the search at Ctrl-C.
func (p *progress) tell(r model.Report) bool {
	select {
	case <-p.interrupt:
		return false
	default:
	}
	if time.Since(p.told) >= p.interval() {
		p.told = time.Now()
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

func (p *progress) draw(r model.Report) {
	rate := float64(r.States) / time.Since(p.begun).Seconds()
	line := fmt.Sprintf("%d states, %.0f/s, depth %d, frontier %d", r.States, rate, r.Depth, r.Frontier)
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		p.drawn = true
	} else {
		fmt.Fprintln(p.w, line)
	}
}

// clear takes the status line away.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}
