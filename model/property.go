package model

// A Property says something that holds in every run: a promise of the specification, or a question about a design of it.
type Property struct {
	Name       string
	Statement  string // the property in a sentence
	Kind       string // state, step, quiescent or two runs
	Origin     string // the issue, commit or sentence of upstream's prose that it comes from
	BlindSpots string // the violations that its checker cannot see
	Indices    bool   // it compares indices as numbers, or depends on tables, so states that differ in those are not merged
	Question   bool   // it is a question, which the pin need not answer with yes; false: a promise, checked by default
	// Needs are the fields of definitions.py that its checker looks at, as "Thread.storage"; nil: none.
	Needs []string
	// CoreTypes says that its checker knows which core types values have: those that the pin gives them.
	CoreTypes bool
	New       func() Checker
}

// A Checker checks one property in one run. It is told what happens, in order, through those of the methods of run_observers.go
// that it has. A search takes actions back, and then restores everything that the checker points to; only the variables that its
// functions have captured keep their values.
type Checker interface {
	// Begin says that a run begins.
	Begin(r *Run)
	// Property is the property's name.
	Property() string
	// Violation says, for people, how the property is violated; empty: it is not so far.
	Violation() string
	// Kind tells the violation from others of the same property: a site, or the name of something stuck. It may be empty.
	Kind() string
	// Shape tells violations of one kind apart by what caused them. It is asked for when the violation is new.
	Shape(r *Run) string
	// Forget has the checker forget the violation, so that it can tell of another one.
	Forget()
	// Exercised reports whether the property could have been violated in the run: the situations that it is about came up.
	Exercised() bool

	base() *BaseChecker // which every checker embeds
}

// newCheckers makes a checker of each property, for one run.
func newCheckers(properties []*Property) []Checker {
	checkers := make([]Checker, len(properties))
	for i, property := range properties {
		checkers[i] = property.New()
	}
	return checkers
}

// A BaseChecker is embedded in checkers: it has the methods of Checker, and is told nothing.
type BaseChecker struct {
	Name           string // the property's
	*CheckerResult        // nil: no run has the checker yet
}

// A CheckerResult is what a checker has found. It is apart from what the checker remembers of the run, because it hardly ever changes: a search
// puts it back by itself.
type CheckerResult struct {
	Message       string // the violation, once there is one
	ViolationKind string // the violation's kind
	Cause         string // what caused the violation, where the last action does not say it; empty: that does
	NonVacuous    bool   // the property could have been violated: the situations that it is about came up. A search that goes back leaves it as it is
}

func (c *BaseChecker) base() *BaseChecker { return c }

// says reports whether a violation, or something of one, was found.
func (c *CheckerResult) says() bool { return c.Message != "" || c.ViolationKind != "" || c.Cause != "" }

// Begin does nothing.
func (c *BaseChecker) Begin(*Run) {}

// Property is c.Name.
func (c *BaseChecker) Property() string { return c.Name }

// Violation is c.Message.
func (c *CheckerResult) Violation() string { return c.Message }

// Kind is c.ViolationKind.
func (c *CheckerResult) Kind() string { return c.ViolationKind }

// Shape is c.Cause, or else the shape of the last action.
func (c *BaseChecker) Shape(r *Run) string {
	if c.Cause != "" {
		return c.Cause
	}
	return r.Transition()
}

// Forget sets what is said of the violation back.
func (c *CheckerResult) Forget() { c.Message, c.ViolationKind, c.Cause = "", "", "" }

// Exercised is c.NonVacuous.
func (c *CheckerResult) Exercised() bool { return c.NonVacuous }
