package spec

import (
	"fmt"
	"strings"
	"testing"
)

// However many objects a state has, each has one number, wherever it is written: few are searched for one by one, many are looked up.
func TestStateOfManyObjects(t *testing.T) {
	for _, n := range []int{manyObjects - 1, manyObjects, manyObjects + 1, 3 * manyObjects} {
		s := NewStore(Options{})
		inst := NewComponentInstance(s, nil)
		rt := NewResourceType("R", inst, nil)
		subtask := newSubtask(s)
		var want []string
		for i := range n {
			h := newResourceHandle(rt, IntOf(int64(i)), true, nil)
			inst.handles.add(h)
			subtask.lenders = append(subtask.lenders, h)
			want = append(want, fmt.Sprintf("h%d", i+1))
		}
		inst.handles.add(subtask)
		var w StateWriter
		for range 2 { // a writer is used again
			text := string(w.Append(nil, s, nil))
			if lenders := " lenders=[" + strings.Join(want, " ") + "]"; !strings.Contains(text, lenders) {
				t.Fatalf("%d handles: the text lacks %q:\n%s", n, lenders, text)
			}
			for i := range n {
				if line := fmt.Sprintf("\nh%d own=1 rt=R rep=%d ", i+1, i); strings.Count(text, line) != 1 {
					t.Fatalf("%d handles: the text has %d times %q:\n%s", n, strings.Count(text, line), line, text)
				}
			}
		}
		s.Close()
	}
}
