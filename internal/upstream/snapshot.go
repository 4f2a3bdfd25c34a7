package upstream

import (
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A snapshot is what the generator knows of the state at a menu: the text of the state, by object.
type snapshot struct {
	run     *model.Run
	running string            // the thread that runs
	waiting bool              // some thread waits
	lines   map[string]string // of each object, by its name: "end1"
	insts   map[string]*instanceView
}

// An instanceView is what the generator knows of an instance.
type instanceView struct {
	line    string
	handles []slot
	threads []slot
}

// A slot is a live element: its index, its object's name, and what it is.
type slot struct {
	index uint64
	ref   string
	what  string // "readable stream end of u8"
}

func newSnapshot(run *model.Run, state string) *snapshot {
	s := &snapshot{run: run, lines: map[string]string{}, insts: map[string]*instanceView{}}
	var inst *instanceView
	for line := range strings.Lines(state) {
		line = strings.TrimSuffix(line, "\n")
		name, rest, _ := strings.Cut(line, " ")
		switch name {
		case "store":
			s.running, s.waiting = field(line, "running"), field(line, "waiting") != "[]"
		case "instance":
			inst = &instanceView{line: line}
			name, _, _ = strings.Cut(rest, " ")
			s.insts[name] = inst
		case "":
			inst.table(strings.TrimSpace(line))
		case "memory":
		default:
			s.lines[name] = line
		}
	}
	s.describe()
	return s
}

// table reads the line of one of an instance's tables.
func (v *instanceView) table(line string) {
	array := strings.Trim(field(line, "array"), "[]")
	array = strings.ReplaceAll(array, "error-context \"", "error-context\"")
	var slots []slot
	for i, ref := range strings.Split(array, " ") {
		if ref != "-" {
			slots = append(slots, slot{index: uint64(i), ref: ref})
		}
	}
	if strings.HasPrefix(line, "threads") {
		v.threads = slots
	} else {
		v.handles = slots
	}
}

// describe adds what each handle is, which the text does not say of all.
func (s *snapshot) describe() {
	for _, inst := range s.run.Store.Instances() {
		v := s.insts[inst.Name]
		for _, t := range inst.Handles() {
			for _, live := range t.Live {
				for i := range v.handles {
					if v.handles[i].index == live.Index {
						v.handles[i].what = spec.Describe(live.Element)
					}
				}
			}
		}
	}
}

// field is the value of key in a line: up to the next space, or if it is a list, to its end.
func field(line, key string) string {
	_, rest, ok := strings.Cut(line, " "+key+"=")
	if !ok {
		return ""
	}
	if strings.HasPrefix(rest, "[") {
		if end := strings.IndexByte(rest, ']'); end >= 0 {
			return rest[:end+1]
		}
	}
	value, _, _ := strings.Cut(rest, " ")
	return value
}

// of is a field of an object.
func (s *snapshot) of(ref, key string) string { return field(s.lines[ref], key) }

// task is the task that runs, or "".
func (s *snapshot) task() string { return s.of(s.running, "task") }

// is reports whether a flag of an instance is set.
func (s *snapshot) is(inst, flag string) bool { return field(s.insts[inst].line, flag) == "1" }

// mayEnter reports whether the host may call into an instance.
func (s *snapshot) mayEnter(inst string) bool { return s.mayEnterFrom(inst, "-") }

// mayEnterFrom reports whether one instance may call into another.
func (s *snapshot) mayEnterFrom(inst, caller string) bool {
	callers := s.ancestors(caller)
	for _, i := range s.ancestors(inst) {
		if !slices.Contains(callers, i) && !s.is(i, "may_enter") {
			return false
		}
	}
	return true
}

// ancestors are an instance and what it is in.
func (s *snapshot) ancestors(inst string) []string {
	var all []string
	for ; inst != "-"; inst = field(s.insts[inst].line, "parent") {
		all = append(all, inst)
	}
	return all
}
