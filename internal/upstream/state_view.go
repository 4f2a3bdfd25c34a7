package upstream

import (
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A stateView is the state at a menu as the generator sees it: the text of the state, by object.
type stateView struct {
	run     *model.Run
	running string            // the thread that runs
	waiting bool              // some thread waits
	lines   map[string]string // the line of each object, by its name: "end1"
	insts   map[string]*instanceView

	descriptions map[spec.Element]string // of the handles of the run. Those of ends of streams and futures never change, and only they are read.
}

// An instanceView is the state of an instance as the generator sees it.
type instanceView struct {
	line    string
	handles []slot
	threads []slot
}

// A slot is a live element of a table.
type slot struct {
	index       uint64
	ref         string // the name of its object: "end1"
	description string // "readable stream end of u8"
}

// read reads the text of a state.
func (s *stateView) read(run *model.Run, state string) {
	if s.lines == nil {
		s.lines, s.insts = map[string]string{}, map[string]*instanceView{}
	}
	clear(s.lines)
	if s.run != run {
		s.run, s.descriptions = run, map[spec.Element]string{}
	}
	var inst *instanceView
	for line := range strings.Lines(state) {
		line = strings.TrimSuffix(line, "\n")
		name, rest, _ := strings.Cut(line, " ")
		switch name {
		case "store":
			s.running, s.waiting = field(line, "running"), field(line, "waiting") != "[]"
		case "instance":
			name, _, _ = strings.Cut(rest, " ")
			inst = s.insts[name]
			if inst == nil {
				inst = &instanceView{}
				s.insts[name] = inst
			}
			inst.line, inst.handles, inst.threads = line, inst.handles[:0], inst.threads[:0]
		case "":
			inst.table(strings.TrimSpace(line))
		case "memory":
		default:
			s.lines[name] = line
		}
	}
	s.describe()
}

// table reads the line of one of an instance's tables.
func (v *instanceView) table(line string) {
	array := strings.Trim(field(line, "array"), "[]")
	array = strings.ReplaceAll(array, "error-context \"", "error-context\"")
	slots := &v.handles
	if strings.HasPrefix(line, "threads") {
		slots = &v.threads
	}
	i := uint64(0)
	for ref := range strings.SplitSeq(array, " ") {
		if ref != "-" {
			*slots = append(*slots, slot{index: i, ref: ref})
		}
		i++
	}
}

// describe adds the descriptions of handles, which the text does not have.
func (s *stateView) describe() {
	for _, inst := range s.run.Store.Instances() {
		v := s.insts[inst.Name]
		for _, t := range inst.HandleTables() {
			for _, live := range t.Live {
				for i := range v.handles {
					if v.handles[i].index == live.Index {
						v.handles[i].description = s.descriptionOf(live.Element)
					}
				}
			}
		}
	}
}

func (s *stateView) descriptionOf(e spec.Element) string {
	d, ok := s.descriptions[e]
	if !ok {
		d = spec.Describe(e)
		s.descriptions[e] = d
	}
	return d
}

// field is the value of a key in a line: up to the next space, or if it is a list, to its end.
func field(line, key string) string {
	rest := after(line, key)
	if strings.HasPrefix(rest, "[") {
		if end := strings.IndexByte(rest, ']'); end >= 0 {
			return rest[:end+1]
		}
	}
	value, _, _ := strings.Cut(rest, " ")
	return value
}

// after is what stands after a key and = in a line; "": it has no such key.
func after(line, key string) string {
	for {
		i := strings.Index(line, key)
		if i < 0 {
			return ""
		}
		end := i + len(key)
		if i > 0 && line[i-1] == ' ' && end < len(line) && line[end] == '=' {
			return line[end+1:]
		}
		line = line[i+1:]
	}
}

// field is a field of an object; "" if there is no such object or field.
func (s *stateView) field(ref, key string) string { return field(s.lines[ref], key) }

// runningTask is the name of the task whose thread runs; "" while no core code runs.
func (s *stateView) runningTask() string { return s.field(s.running, "task") }

// flag reports whether a flag of an instance is set.
func (s *stateView) flag(inst, flag string) bool { return field(s.insts[inst].line, flag) == "1" }

// mayEnter reports whether the host may call into an instance.
func (s *stateView) mayEnter(inst string) bool { return s.mayEnterFrom(inst, "-") }

// mayEnterFrom reports whether one instance may call into another.
func (s *stateView) mayEnterFrom(inst, caller string) bool {
	callers := s.ancestors(caller)
	for _, i := range s.ancestors(inst) {
		if !slices.Contains(callers, i) && !s.flag(i, "may_enter") {
			return false
		}
	}
	return true
}

// ancestors are an instance and those that it is inside of.
func (s *stateView) ancestors(inst string) []string {
	var all []string
	for ; inst != "-"; inst = field(s.insts[inst].line, "parent") {
		all = append(all, inst)
	}
	return all
}
