package wast

import (
	"cabi/component"
	"cabi/spec"
)

// Policy returns the choices that scripts run under by default: those that are fair, so that loops that wait for another thread end.
func Policy() spec.Choices { return component.Fair{} }

// A Departure is a choice that is made otherwise than the policy makes it.
type Departure struct {
	At    int `json:"at"`    // which choice of the run, from 0 on
	Taken int `json:"taken"` // the candidate
}

// A departing is choices that follow the policy but for some departures, and keep what they are asked.
type departing struct {
	component.Fair
	departures []Departure
	asked      []asked
}

// An asked is one choice: how many candidates there were, which the policy takes, and what the choice is about.
type asked struct {
	n, policy int
	site      spec.Site
}

func (d *departing) ask(site spec.Site, n, policy int) int {
	at := len(d.asked)
	d.asked = append(d.asked, asked{n, policy, site})
	for _, other := range d.departures {
		if other.At == at {
			return min(other.Taken, n-1)
		}
	}
	return policy
}

// Choose takes the first candidate, or departs.
func (d *departing) Choose(site spec.Site, n int) int { return d.ask(site, n, 0) }

// ChooseThread takes the thread that has waited longest, or departs.
func (d *departing) ChooseThread(site spec.Site, candidates []*spec.Thread) int {
	return d.ask(site, len(candidates), d.Fair.ChooseThread(site, candidates))
}

// GoOn waits, or departs.
func (d *departing) GoOn(*spec.Thread, spec.Condition) bool {
	return d.ask("Thread.wait_until/go-on", 2, 0) == 1
}

// Shuffle leaves the order as it is, or departs: each place is a choice.
func (d *departing) Shuffle(site spec.Site, n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, d.ask(site, i+1, i))
	}
}
