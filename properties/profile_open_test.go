package properties

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// TestProfileIsObserved checks that guests or the host can observe which choice is made of each that TestDeterministicProfile finds: it walks in every world under the profile, makes each choice
// that is still there in another way, and compares what guests and the host observe from there on. -v shows where each was seen.
func TestProfileIsObserved(t *testing.T) {
	open := map[spec.Site]string{}
	walks := []walkLog{{world: model.WorldByName("threads"), prefix: twoCancellable}}
	for number := range uint64(600) {
		for _, name := range []string{"switches", "everything", "events", "tasks"} {
			walks = append(walks, walkLog{world: model.WorldByName(name), number: number})
		}
	}
	for _, walk := range walks {
		if w := walk.world; len(open) < len(leftOpen)-1 {
			base := walk.observed(-1)
			for i, site := range base.sites {
				if open[site] != "" {
					continue
				}
				if other := walk.observed(i); !slices.Equal(base.log, other.log) {
					k := 0
					for k < min(len(base.log), len(other.log)) && base.log[k] == other.log[k] {
						k++
					}
					open[site] = fmt.Sprintf("in %s, after %d events: %s, or %s", w.Name, k, eventAt(base.log, k), eventAt(other.log, k))
				}
			}
		}
	}
	for site, how := range open {
		if !slices.Contains(leftOpen, site) {
			t.Errorf("the profile leaves open %s: %s", site, how)
		}
		t.Logf("%s: %s", site, how)
	}
	for _, site := range leftOpen {
		if open[site] == "" && site != "WaitableSet.get_pending_event/order" { // walks seldom have two events in a set
			t.Errorf("%s was not seen to be left open", site)
		}
	}
}

func eventAt(log []string, i int) string {
	if i < len(log) {
		return log[i]
	}
	return "the end"
}

// A walkLog is what guests and the host observe in a walk under the deterministic profile, and the sites of the choices that were made.
type walkLog struct {
	world  *model.World
	number uint64
	prefix []string // the actions that it takes first
	drawer *model.Drawer
	left   int // actions
	flip   int // the choice that is made in another way; -1: none
	sites  []spec.Site
	log    []string
}

// observed makes the walk.
func (l walkLog) observed(flip int) *walkLog {
	l.drawer, l.left, l.flip = model.NewDrawer(7, l.number), 40, flip
	r := model.NewRun(l.world, spec.Options{Choices: &l, Variant: spec.SingleTable, Deterministic: true}, &l)
	defer r.Close()
	r.Observer = &l
	if r.Main(); r.Stopped != nil {
		l.add("stopped: %v", r.Stopped)
	}
	return &l
}

func (l *walkLog) Next(r *model.Run, at *model.Activation) model.Action {
	if len(l.prefix) > 0 {
		words := strings.Fields(l.prefix[0])
		l.prefix = l.prefix[1:]
		a, err := model.ParseAction(r, at, words)
		if err != nil {
			panic(err)
		}
		return a
	}
	if l.left--; l.left < 0 {
		return model.Action{}
	}
	a, _ := l.drawer.Draw(r, at, l.world.Bounds)
	return a
}

func (l *walkLog) Choose(site spec.Site, _ int) int {
	l.sites = append(l.sites, site)
	if len(l.sites)-1 == l.flip {
		return 1
	}
	return 0
}

func (l *walkLog) add(format string, args ...any) {
	l.log = append(l.log, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

func (l *walkLog) Entered(at *model.Activation) { l.add("%s begins %v", at.Name, at.Args) }

func (l *walkLog) Done(at *model.Activation, results []spec.CoreValue) {
	l.add("%s did %v -> %v", at.Name, at.Pending, results)
}

func (l *walkLog) HostReceived(text string) { l.add("the host receives %s", text) }
