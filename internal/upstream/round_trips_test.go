package upstream

import (
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// notLowered are the stops of the host's calls that pass values, and why: they are upstream's, or the host passes what no core code could.
var notLowered = map[string]string{
	"canon_lift.thread_func/params":          "a case without payload is lowered with ints where another has a float",
	"store_string_copy/bounds":               "some of the host's texts are longer than the memory",
	"store_string_to_utf8/bounds":            "the same",
	"store_utf8_to_utf16/UnicodeEncodeError": "some have surrogates",
}

// What the host passes and core code returns as it got it is what the host is given, on the port.
func TestRoundTrips(t *testing.T) {
	const trips = 500
	came, several, lists := 0, 0, 0
	for i, trip := range RoundTrips(1, 0, trips) {
		r := trip.Search(model.Search{Variant: spec.SingleTable}).Run()
		for _, v := range r.Violations {
			if notLowered[v.Kind] == "" || v.Actions > 1 {
				t.Fatalf("%d: %s:\n%s", i, v.Message, v.Trace)
			}
		}
		if !slices.Contains(r.Exercised, roundTrip.Name) {
			if len(r.Violations) == 0 {
				t.Fatalf("%d: nothing comes back: %v\n%s", i, r.Stops, trip.World.Text())
			}
			continue
		}
		came++
		if len(trip.World.Funcs[0].Params) > 1 {
			several++
		}
		if strings.Contains(trip.World.Text(), "list<") {
			lists++
		}
	}
	if came < trips*9/10 || several < trips/4 || lists < trips/4 {
		t.Errorf("of %d, %d came back, %d of several parameters, %d with lists", trips, came, several, lists)
	}
}
