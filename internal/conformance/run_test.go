//go:build unix

package conformance

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"cabi/internal/wast"
)

// A runtime that ends, hangs or writes what is no answer is judged by what it said before, and does not end the recording.
func TestDriver(t *testing.T) {
	p := &wast.Plan{Steps: []*wast.Step{{Line: 1, Kind: wast.Component}, {Line: 2, Kind: wast.AssertReturn, Export: "f", Want: number("7")}}}
	const first, second = `{}`, `{"returned":[{"kind":"u32","text":"7"}]}`
	for script, want := range map[string]Result{
		"echo '" + first + "'; echo '" + second + "'":                   {Verdict: Pass, Passed: 2, Steps: 2},
		"echo '" + first + "'; echo '" + second + "'; exit 1":           {Verdict: Pass, Passed: 2, Steps: 2},
		"echo '" + first + "'; echo '" + second + "'; echo more":        {Verdict: Pass, Passed: 2, Steps: 2},
		"echo '" + first + "'; echo panic: no luck >&2; exit 3":         {Verdict: Ends, Got: "the process ended: exit status 3: panic: no luck", Passed: 1, Steps: 2},
		"echo '" + first + "'":                                          {Verdict: Ends, Got: "the process ended", Passed: 1, Steps: 2},
		"echo '" + first + "'; echo Segmentation fault; echo '{}'":      {Verdict: Ends, Got: `it said "Segmentation fault\n"`, Passed: 1, Steps: 2},
		"echo '" + first + "'; exec sleep 20":                           {Verdict: Ends, Got: "it did not end within 300ms", Steps: 2},
		"cat >/dev/null; echo '" + first + "'; printf '{\"returned\":'": {Verdict: Ends, Got: `it said "{\"returned\":"`, Passed: 1, Steps: 2},
	} {
		d := Driver{Command: []string{"sh", "-c", script}, Limit: 20 * time.Second}
		if strings.Contains(script, "sleep") {
			d.Limit = 300 * time.Millisecond
		}
		answers, ended, err := d.Run(p)
		got := Judge(p, answers, ended)
		got.Differences = nil
		if strings.Contains(script, "sleep") {
			got.Passed = 0 // or 1, where the shell was fast
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", script, got, err, want)
		}
	}
	if _, _, err := (Driver{Command: []string{"/nothing"}, Limit: time.Second}).Run(p); err == nil {
		t.Error("a command that is not there is run")
	}
}
