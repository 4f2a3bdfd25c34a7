package properties_test

import (
	"bytes"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// TestExpanders leads searches by expanders, several of them, and compares the reports. Of the paths to a state a search keeps the one that
// it comes across first; here the least is kept, and then the greatest. If a report depends on that, states were taken for one that are not.
func TestExpanders(t *testing.T) {
	fewer := 6 // actions than the bound of a world
	if os.Getenv("CABI_LONG") != "" {
		fewer = 3
	}
	for _, w := range model.Worlds {
		if w.Random || w.OnPort() != nil {
			continue
		}
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			s := model.Search{World: w, Variant: spec.SingleTable, Properties: properties.For(w), Bounds: w.Bounds, KeepGoing: true}
			s.Bounds.Steps = max(3, w.Bounds.Steps-fewer)
			want := s.Run()
			compareReports(t, lead(t, s, 3, bytes.Compare), want)
			compareReports(t, lead(t, s, 3, func(a, b []byte) int { return bytes.Compare(b, a) }), want)
		})
	}
}

// TestExpanderFirst does the same for a search that ends at the first violation.
func TestExpanderFirst(t *testing.T) {
	w := model.WorldByName("futures")
	s := model.Search{World: w, Variant: spec.SingleTable, Properties: properties.For(w), Bounds: w.Bounds}
	want, got := s.Run(), lead(t, s, 2, bytes.Compare)
	if len(got.Violations) != 1 || got.Violations[0].Actions != want.Violations[0].Actions {
		t.Errorf("found %v, want a violation after %d actions", got.Violations, want.Violations[0].Actions)
	}
}

func TestExpanderPaths(t *testing.T) {
	w := model.WorldByName("handles")
	s := model.Search{World: w, Variant: spec.SingleTable, Bounds: w.Bounds}
	x, err := s.Expander()
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for _, bad := range []string{"", "\x01", "\x01\xff\x01\x00", "\x01\x00\xff\xff\x01", "\xff\xff\xff\xff\x0f", "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x01\x00\x03z"} {
		if err := x.Expand([]byte(bad), func(model.ReachedState) {}); err == nil {
			t.Errorf("a path %q is expanded", bad)
		}
	}
}

// lead leads a search by some expanders, each of which expands states in turn, the last of a level first. Of the paths to a state, it keeps the
// first in an order.
func lead(t *testing.T, s model.Search, expanders int, order func(a, b []byte) int) *model.Report {
	var all []*model.Expander
	for range expanders {
		x, err := s.Expander()
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		all = append(all, x)
	}
	visited, tally, count := map[[16]byte]bool{}, &model.Tally{}, model.LevelCount{}
	var level [][]byte
	next := map[[16]byte][]byte{}
	reached := func(r model.ReachedState) {
		if before := next[r.Fingerprint]; !visited[r.Fingerprint] && (before == nil || order(r.Path, before) < 0) {
			next[r.Fingerprint] = r.Path
		}
	}
	all[0].Start(reached)
	for ; ; count.Depth++ {
		for _, x := range all {
			tally.Merge(x.Tally())
		}
		level = slices.SortedFunc(maps.Values(next), order)
		for print := range next {
			visited[print] = true
		}
		clear(next)
		count.States, count.Frontier = count.States+len(level), len(level)
		if len(level) == 0 {
			count.Depth--
			break
		}
		if count.Depth == s.Bounds.Steps || len(tally.Violations) > 0 && !s.KeepGoing {
			break
		}
		for i, at := range slices.Backward(level) {
			if err := all[i%len(all)].Expand(at, reached); err != nil {
				t.Fatal(err)
			}
		}
	}
	r, err := s.ReportOf(tally, count)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func compareReports(t *testing.T, got, want *model.Report) {
	t.Helper()
	kinds := func(r *model.Report) map[string]int {
		all := map[string]int{}
		for _, v := range r.Violations {
			all[v.Key()] = v.Actions
		}
		return all
	}
	if a, b := kinds(got), kinds(want); !maps.Equal(a, b) {
		t.Errorf("violations %v, want %v", a, b)
	}
	for _, v := range got.Violations {
		if again, err := model.RunTrace(v.Trace, v.Trace.Variant); err != nil {
			t.Errorf("the trace of %s: %v", v.Key(), err)
		} else if again.Departs != nil {
			t.Errorf("the trace of %s departs: %v", v.Key(), again.Departs)
		}
	}
	a, b := *got, *want
	for _, r := range []*model.Report{&a, &b} {
		r.Violations, r.Memory, r.Disk = nil, 0, 0
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("the report is\n%+v\nwant\n%+v", a, b)
	}
}
