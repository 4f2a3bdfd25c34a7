package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"cabi/internal/wasmtools"
	"cabi/internal/wast"
	"cabi/spec"
)

// A Driver runs plans in processes of their own.
type Driver struct {
	Command []string
	Dir     string
	// Limit is how long a process may take.
	Limit time.Duration
}

// Run has a plan run, and returns the answers, and how the process ended if it gave too few.
func (d Driver) Run(p *wast.Plan) ([]Answer, string, error) {
	plan, err := json.Marshal(p)
	if err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), d.Limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, d.Command[0], d.Command[1:]...)
	var out, stderr bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = d.Dir, bytes.NewReader(plan), &out, &stderr
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && ctx.Err() == nil && !errors.As(err, &exit) {
		return nil, "", err
	}
	var answers []Answer
	for line := range strings.Lines(out.String()) {
		if len(answers) == len(p.Steps) {
			break
		}
		var a Answer
		if json.Unmarshal([]byte(line), &a) != nil {
			return answers, fmt.Sprintf("it said %.100q", line), nil
		}
		answers = append(answers, a)
	}
	switch {
	case len(answers) == len(p.Steps):
		return answers, "", nil
	case ctx.Err() != nil:
		return answers, fmt.Sprintf("it did not end within %s", d.Limit), nil
	case err != nil:
		said, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		return answers, fmt.Sprintf("the process ended: %v: %.100s", err, threadID.ReplaceAllString(said, "")), nil
	}
	return answers, "the process ended", nil
}

// threadID is what differs from run to run in the first words of a panic of Rust's.
var threadID = regexp.MustCompile(` \(\d+\)`)

// Reference is what comes of a script on the specification, run by package component. A script that is for one choice runs under choices by which
// it passes, if there are any.
func Reference(r *wast.Runner, p *wast.Program, f File) Result {
	result := reference(r, p, wast.Policy)
	if result.Verdict == Pass || !f.Choice {
		return result
	}
	if choices := r.PassesUnder(p, spec.SingleTable, wast.Bounds{Departures: 3, Runs: 5000}); choices != nil {
		return reference(r, p, choices)
	}
	return result
}

func reference(r *wast.Runner, p *wast.Program, choices func() spec.Choices) Result {
	result := Result{Verdict: Pass}
	for i, o := range r.Run(p, choices, spec.SingleTable) {
		d := p.Script.Directives[i]
		if o.Status == wast.Skipped {
			continue
		}
		result.Steps++
		verdict := Differs
		switch o.Status {
		case wast.Passed:
			verdict = Pass
			result.Passed++
		case wast.Unsupported, wast.Budget:
			verdict = Unsupported
		}
		if worse(verdict, result.Verdict) {
			result.Verdict, result.Line, result.Got = verdict, d.Line, o.Got
		}
	}
	return result
}

// Prepare reads a script and makes its plan.
func Prepare(f File, tools wasmtools.Tools) (*wast.Program, *wast.Plan, error) {
	script, err := wast.Parse(f.Text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	p := wast.Prepare(script, tools)
	plan, err := p.Plan(f.Name)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return p, plan, nil
}
