package component

import "cabi/spec"

// A Departure is a choice that is made otherwise than a policy makes it.
type Departure struct {
	At    int `json:"at"`    // which choice of the run, from 0 on
	Taken int `json:"taken"` // the candidate
}

// Departing is choices that follow a policy but for some departures, and keep what they made. Further departures are tried by running
// again, so that every choice up to some number of departures is made at last.
type Departing struct {
	Policy     spec.Choices // nil: Fair
	Departures []Departure
	Made       []Made
}

// Made is a choice that was made: of N candidates the policy takes one, and another or the same was taken.
type Made struct {
	Site             spec.Site
	N, Policy, Taken int
}

func (d *Departing) policy() spec.Choices {
	if d.Policy == nil {
		return Fair{}
	}
	return d.Policy
}

func (d *Departing) make(site spec.Site, n, policy int) int {
	m := Made{site, n, policy, policy}
	for _, other := range d.Departures {
		if other.At == len(d.Made) {
			m.Taken = min(other.Taken, n-1)
		}
	}
	d.Made = append(d.Made, m)
	return m.Taken
}

// Choose takes what the policy takes, or departs.
func (d *Departing) Choose(site spec.Site, n int) int {
	return d.make(site, n, d.policy().Choose(site, n))
}

// ChooseThread takes the thread that the policy takes, or departs.
func (d *Departing) ChooseThread(site spec.Site, candidates []*spec.Thread) int {
	if p, ok := d.policy().(spec.ThreadChooser); ok {
		return d.make(site, len(candidates), p.ChooseThread(site, candidates))
	}
	return d.Choose(site, len(candidates))
}

const goOnSite spec.Site = "Thread.wait_until/go-on"

// GoOn waits or goes on as the policy does, or departs.
func (d *Departing) GoOn(t *spec.Thread, condition spec.Condition) bool {
	p, ok := d.policy().(spec.WaitChooser)
	switch {
	case !ok:
		return d.Choose(goOnSite, 2) == 1
	case p.GoOn(t, condition):
		return d.make(goOnSite, 2, 1) == 1
	}
	return d.make(goOnSite, 2, 0) == 1
}

// Shuffle orders as the policy does, or departs: each place is a choice. A policy that shuffles in a way of its own leaves the order as it is.
func (d *Departing) Shuffle(site spec.Site, n int, swap func(i, j int)) {
	_, keeps := d.policy().(spec.Shuffler)
	for i := n - 1; i > 0; i-- {
		if keeps {
			swap(i, d.make(site, i+1, i))
		} else {
			swap(i, d.Choose(site, i+1))
		}
	}
}

// mostCandidates is how many other candidates of one choice are tried.
const mostCandidates = 64

// Further are the departures with one more, later than all others, for each choice that was made. All reports whether they are all that
// there are: of a choice among very many candidates, such as a random index, only some are taken.
func (d *Departing) Further() (further [][]Departure, all bool) {
	from := 0
	if n := len(d.Departures); n > 0 {
		from = d.Departures[n-1].At + 1
	}
	all = true
	for at := from; at < len(d.Made); at++ {
		m := d.Made[at]
		for taken := range min(m.N, mostCandidates+1) {
			if taken != m.Policy {
				further = append(further, append(append([]Departure{}, d.Departures...), Departure{at, taken}))
			}
		}
		all = all && m.N <= mostCandidates+1
	}
	return further, all
}
