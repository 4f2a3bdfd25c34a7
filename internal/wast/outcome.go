package wast

import "fmt"

// A Status is what came of a directive.
type Status string

// The statuses of directives.
const (
	Passed      Status = "passed"
	Failed      Status = "failed"
	Elsewhere   Status = "trapped-elsewhere" // it trapped as it should, with another message than it should
	Unsupported Status = "unsupported"       // core code needs a feature that is not there
	Follows     Status = "follows"           // the store had stopped, or was never made, at a directive that did not pass
	Skipped     Status = "skipped"           // it was not run
	Budget      Status = "out-of-budget"     // it made as many calls or ticks as it may
)

// An Outcome is what came of one directive.
type Outcome struct {
	Status Status
	Got    string // what happened instead of what should have, or why nothing did; if it passed, empty
	Site   string // where the specification trapped; empty: it did not
	By     string // of a component that was refused as it should be: what refused it
	Cause  int    // the line of the directive that this one follows; 0: it follows none
}

func (o Outcome) String() string {
	switch {
	case o.Status == Follows:
		return fmt.Sprintf("%s line %d", o.Status, o.Cause)
	case o.Got == "":
		return string(o.Status)
	}
	return fmt.Sprintf("%s: %s", o.Status, o.Got)
}

// passed is the outcome of a directive that went as it should.
var passed = Outcome{Status: Passed}

func failed(format string, args ...any) Outcome {
	return Outcome{Status: Failed, Got: fmt.Sprintf(format, args...)}
}
