package upstream

import (
	"strings"
	"testing"
	"time"

	"cabi/spec"
)

// TestEndlessPort has a run on the port that never comes to its next action: that must be a difference, after the patience.
func TestEndlessPort(t *testing.T) {
	forever := make(chan struct{})
	defer close(forever)
	w := &worker{comparison: &comparison{Options: Options{Patience: 10 * time.Millisecond}}, seen: newCoverage(), pool: &spec.Pool{}}
	w.makeRun = func(rec *recorder, _ int) {
		rec.add("> A A.f0: thread.yield")
		<-forever
	}
	d, err := w.compare(7)
	if err != nil || d == nil {
		t.Fatalf("got %v, %v, want a difference", d, err)
	}
	text := d.String()
	for _, want := range []string{"run 7", "thread.yield", "nothing more within 10ms"} {
		if !strings.Contains(text, want) {
			t.Errorf("the difference does not say %q:\n%s", want, text)
		}
	}
}

// TestEndlessTrace has the port write more lines than any run has.
func TestEndlessTrace(t *testing.T) {
	rec := &recorder{lines: make([]string, maxLines)}
	defer func() {
		if got := recover(); got != errEndless {
			t.Errorf("got %v, want %v", got, errEndless)
		}
	}()
	rec.add("one more")
}

// TestEndlessPython has no patience with definitions.py: that must be a difference, and the next run go on with another process.
func TestEndlessPython(t *testing.T) {
	d, err := startDriver(upstreamDir(t), time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	w := &worker{comparison: &comparison{Options: Options{Dir: upstreamDir(t)}}, seen: newCoverage(), pool: &spec.Pool{}, python: d}
	defer w.close()
	w.makeRun = func(rec *recorder, i int) { rec.random(seedOf(1, i), w.pool) }
	difference, err := w.compare(3)
	if err != nil || difference == nil || !strings.Contains(difference.String(), "definitions.py does not come back") {
		t.Fatalf("got %v, %v, want a difference", difference, err)
	}
	if difference, err = w.compare(4); err != nil || difference != nil {
		t.Errorf("with a new driver, got %v, %v", difference, err)
	}
}
