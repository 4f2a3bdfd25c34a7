package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"time"

	"cabi/model"
)

// A progress shows how far a search is, and stops it.
type progress struct {
	*statusLine
	interrupt chan os.Signal
	begun     time.Time
	duration  time.Duration // after which the search is stopped; 0: never
	stopped   string        // by what the search was stopped; "": it was not
}

func newProgress(w io.Writer, duration time.Duration) *progress {
	return &progress{statusLine: newStatusLine(w), interrupt: interrupted(), begun: time.Now(), duration: duration}
}

// interrupted returns a channel that receives at Ctrl-C.
func interrupted() chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	return c
}

// update is the Progress of a search: it shows the report if that is due, and stops the search at Ctrl-C or after its duration.
func (p *progress) update(r *model.Report) bool {
	return p.show(func() string { return p.text(r) })
}

// show shows a text if that is due, and reports whether to go on: neither Ctrl-C nor the duration ends what is shown.
func (p *progress) show(text func() string) bool {
	select {
	case <-p.interrupt:
		signal.Stop(p.interrupt) // a second Ctrl-C ends the process
		p.stopped = "Ctrl-C"
		return false
	default:
	}
	if p.duration > 0 && time.Since(p.begun) >= p.duration {
		p.stopped = fmt.Sprintf("--duration %s", p.duration)
		return false
	}
	if p.due() {
		p.draw(text())
	}
	return true
}

func (p *progress) text(r *model.Report) string {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	seconds := time.Since(p.begun).Seconds()
	if r.Runs > 0 {
		return fmt.Sprintf("%d runs, %d actions, %.0f/s, %d state shapes, %d MB", r.Runs, r.Transitions, float64(r.Transitions)/seconds, r.States, memory.Sys>>20)
	}
	return fmt.Sprintf("%d states, %.0f/s, depth %d, frontier %d, %d MB", r.States, float64(r.States)/seconds, r.Depth, r.Frontier, memory.Sys>>20)
}
