package main

import (
	"fmt"
	"io"
	"strings"

	"cabi/model"
)

// A manyReplays replays many traces, on one definitions.py if one is named, and prints a line of each.
type manyReplays struct {
	*replayCommand
	source *model.Source // nil: the port runs
	python *cpython      // nil: the traces are not run on CPython too
	out    io.Writer
	status *statusLine
}

// runMany replays the traces in files.
func (c *replayCommand) runMany(in io.Reader, files []string, out, errs io.Writer) error {
	source, err := c.open()
	if err != nil {
		return err
	}
	m := &manyReplays{replayCommand: c, source: source, out: out, status: newStatusLine(errs)}
	defer m.status.clear()
	if c.upstream != "" {
		if m.python, err = c.startPython(source); err != nil {
			return err
		}
		defer m.python.close()
	}
	depart := 0
	for i, file := range files {
		if m.status.due() {
			m.status.draw(fmt.Sprintf("%d of %s", i, model.Counted(len(files), "trace")))
		}
		how, err := m.replay(in, file)
		if err != nil {
			return err
		}
		if how != "" {
			depart++
			m.status.clear()
			fmt.Fprintf(out, "%s %s\n", file, strings.ReplaceAll(how, "\n", "\n  "))
		}
	}
	m.status.clear()
	return m.summarize(len(files), depart)
}

// summarize prints how many traces depart.
func (m *manyReplays) summarize(n, depart int) error {
	if depart > 0 {
		fmt.Fprintf(m.out, "depart: %d of %s\n", depart, model.Counted(n, "trace"))
		return exitError{code: 1}
	}
	agrees := ""
	if m.python != nil {
		agrees = ", and definitions.py agrees"
	}
	fmt.Fprintf(m.out, "all %s happen again%s\n", model.Counted(n, "trace"), agrees)
	return nil
}

// replay replays a trace and returns how it departs; empty: it does not.
func (m *manyReplays) replay(in io.Reader, file string) (string, error) {
	trace, options, err := m.read(m.source, in, file)
	if err != nil {
		return "", err
	}
	r := &replayed{file: file, given: trace, options: options}
	if err := r.run(); err != nil {
		return "", err
	}
	return r.departure(m.python)
}

// departure says how a trace departs, here or on definitions.py; empty: it does not.
func (r *replayed) departure(python *cpython) (string, error) {
	if r.err != nil {
		return fmt.Sprintf("departs: %v", r.err), nil
	}
	if python != nil {
		p, err := python.replay(r)
		if err != nil {
			return "", err
		}
		if p.Departs {
			return fmt.Sprintf("departs on definitions.py after %s (- here, + definitions.py):\n%s", model.Counted(p.Agree, "line"), strings.TrimSpace(p.Difference)), nil
		}
	}
	if r.replaces {
		return "", nil
	}
	return r.again.Departure(), nil
}

// read reads a trace, which is to run on a definitions.py, or if that is nil, on the port, with the options of its replay.
func (c *replayCommand) read(source *model.Source, in io.Reader, file string) (*model.Trace, model.ReplayOptions, error) {
	known := knownNames{source}
	trace, err := known.readTrace(in, file)
	if err != nil {
		return nil, model.ReplayOptions{}, err
	}
	v, err := variantOf(trace, c.variant)
	if err == nil {
		trace.Without, err = known.sitesOff(trace, c.without)
	}
	if err == nil {
		err = fits(source, trace.World, v, trace.Without)
	}
	if err != nil {
		return nil, model.ReplayOptions{}, err
	}
	options, err := claimOptions(file, trace, v)
	return trace, options, err
}
