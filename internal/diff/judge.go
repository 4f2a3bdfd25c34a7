package diff

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"cabi/internal/upstream"
	"cabi/model"
)

// A Judged is what CPython says of the traces of the report.
type Judged struct {
	Replayed  int      `json:"replayed"`
	Disagrees []string `json:"disagrees"`        // traces that go another way there, and how
	Cannot    string   `json:"cannot,omitempty"` // why CPython was not asked
}

// judge has CPython repeat the traces that are shown of a definitions.py, each on its own version, in one process for each.
func (c *comparison) judge() error {
	if !c.Judge {
		return nil
	}
	judged := &Judged{Disagrees: []string{}}
	c.report.Judged = judged
	var olds, news []string
	for _, d := range c.report.Differences {
		olds, news = append(olds, d.OldTrace), append(news, d.NewTrace)
		for _, b := range d.Behind {
			news = append(news, b.Trace)
		}
	}
	for _, b := range c.report.Promises {
		if b.Verdict == New {
			news = append(news, b.Trace)
		} else {
			olds = append(olds, b.Trace)
		}
	}
	for _, b := range c.report.Builtins {
		for _, o := range b.Outcomes {
			news = append(news, o.Trace)
		}
	}
	for _, t := range c.report.RoundTrips.shown() {
		if t.Old {
			olds = append(olds, t.Trace)
		} else {
			news = append(news, t.Trace)
		}
	}
	for _, f := range c.report.Findings {
		if f.Trace != "" {
			news = append(news, f.Trace)
		}
	}
	for _, on := range []struct {
		v      *Version
		traces []string
	}{{c.Old, olds}, {c.New, news}} {
		if err := c.judgeOn(on.v, on.traces, judged); err != nil {
			var bad *upstream.BadInput
			if !errors.As(err, &bad) {
				return err
			}
			judged.Cannot = bad.Error()
		}
	}
	return nil
}

// judgeOn has CPython repeat traces on a version, if there is a text of it.
func (c *comparison) judgeOn(v *Version, traces []string, judged *Judged) error {
	if v.text == "" || len(traces) == 0 {
		return nil
	}
	dir, err := v.writeText()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	python, err := upstream.NewVersionRunner(dir)
	if err != nil {
		return err
	}
	defer func() { python.Close() }()
	for i, text := range traces {
		if !c.step("CPython on "+v.Name, i, len(traces)) {
			return nil
		}
		how, err := judgeTrace(v, python, text)
		if err != nil {
			judged.Disagrees = append(judged.Disagrees, fmt.Sprintf("on %s: the run could not be made: %v", v.Name, err))
			python.Close()
			if python, err = upstream.NewVersionRunner(dir); err != nil {
				return err
			}
			continue
		}
		if judged.Replayed++; how != "" {
			judged.Disagrees = append(judged.Disagrees, "on "+v.Name+": "+how)
		}
	}
	return nil
}

// judgeTrace compares what happens in a trace on a version with what CPython does; empty: it is the same.
func judgeTrace(v *Version, python *upstream.VersionRunner, text string) (how string, err error) {
	t, err := model.ReadTrace(strings.NewReader(text))
	if err != nil {
		return "", err
	}
	there := v.on(t)
	again, err := model.ReplayOptions{Variant: there.Variant}.Run(there)
	if err != nil {
		return "", err
	}
	judged, err := python.Judge(again)
	if err != nil || !judged.Departs {
		return "", err
	}
	return fmt.Sprintf("world %s: %s", t.World.Name, strings.Join(strings.Fields(judged.Difference), " ")), nil
}
