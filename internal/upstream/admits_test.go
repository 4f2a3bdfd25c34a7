package upstream

import (
	"os"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// logOf is what definitions.py did, as a runtime would log it: the actions, the results where nothing came between, the entries, and how the
// run was stopped. It has none of the choices.
func logOf(v Vector) *model.Trace {
	log := &model.Trace{World: v.Case.World, Variant: spec.SingleTable}
	add := func(kind model.LineKind, actor, text string) {
		log.Lines = append(log.Lines, model.Line{Kind: kind, Actor: actor, Text: text, Number: len(log.Lines) + 1})
	}
	direct := false // nothing came since the last action
	for _, line := range v.Lines {
		switch word, rest, _ := strings.Cut(line, " "); word {
		case ">":
			at, action, _ := strings.Cut(rest, ": ")
			actor, _, _ := strings.Cut(at, " ")
			add(model.LineAction, actor, action)
			direct = actor != model.Host && !mayBlock(action)
		case "(":
			actor, entered, _ := strings.Cut(rest, " ")
			if strings.Contains(entered, "f64:") { // a trace writes floats otherwise
				entered, _, _ = strings.Cut(entered, " ")
			}
			add(model.LineEnter, actor, entered)
			direct = false
		case "=":
			if direct {
				log.Lines[len(log.Lines)-1].Results = rest
			}
			direct = false
		case "!":
			kind, _, _ := strings.Cut(rest, " ")
			add(model.LineStop, "", kind)
		}
	}
	return log
}

// mayBlock reports whether an action may block, or let another thread go on, so that the next results are of what that was doing; or whether
// it has none.
func mayBlock(action string) bool {
	op, _, _ := strings.Cut(action, " ")
	return strings.HasPrefix(op, "thread.") || op == "call" || op == "subtask.cancel" || op == "waitable-set.wait" || op == "return" ||
		op == "throw" || strings.Contains(action, " sync ")
}

var admitOptions = model.AdmitOptions{MaxStates: 100000}

// admit says whether a log is admitted.
func admit(t *testing.T, log *model.Trace) *model.Admission {
	t.Helper()
	found, err := model.NewLog(log).Admit(admitOptions)
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	return found
}

// Logs of definitions.py under random choices are admitted without them. With a result that no choice gives they are refused, in the line
// that has it.
func TestLogsOfPython(t *testing.T) {
	vectors, every := readVectors(t).List, 12
	if os.Getenv("CABI_LONG") != "" {
		every = 1
	}
	admitted, other, refused, invalid := 0, 0, 0, 0
	for i, v := range vectors {
		if v.Case.Deterministic || i%every > 0 {
			continue
		}
		log := logOf(v)
		found, err := model.NewLog(log).Admit(admitOptions)
		if err != nil && strings.Contains(err.Error(), "validation refuses it") { // some of the recorded runs are older than that check
			invalid++
			continue
		} else if err != nil {
			t.Fatalf("vector %d: %v\n%s", i+1, err, log)
		}
		if found.Verdict == model.Refused && breaksRule(found.Refusal) || found.Verdict == model.Unsettled && found.Bitwise {
			continue
		}
		if found.Verdict != model.Admitted {
			t.Fatalf("vector %d is %s: %v\n%s", i+1, found.Verdict, found.Refusal, log)
		}
		admitted++
		if len(found.Run.Choices) > 0 {
			other++
		}
		if refusedAt(t, i, log) {
			refused++
		}
	}
	t.Logf("%d logs are admitted, %d with other choices than the first, %d refused when changed; validation refuses %d", admitted, other, refused, invalid)
	if other < 12 || refused < admitted/2 || invalid > admitted/50 {
		t.Errorf("too few logs say something")
	}
}

// breaksRule reports whether a line is refused since validation excludes it, or upstream the host's action: some random runs do that.
func breaksRule(r *model.Refusal) bool {
	return slices.ContainsFunc(r.Instead, func(text string) bool {
		return strings.Contains(text, "validation refuses it") || strings.Contains(text, "upstream does not allow the host")
	})
}

// refusedAt changes one result of a log to one that nothing gives, and checks that it is refused there; false: the log states no result.
func refusedAt(t *testing.T, i int, log *model.Trace) bool {
	t.Helper()
	var places []int
	for k, l := range log.Lines {
		if l.Kind == model.LineAction && l.Results != "" && !strings.Contains(l.Results, "f64:") {
			places = append(places, k)
		}
	}
	if len(places) == 0 {
		return false
	}
	wrong := *log
	wrong.Lines = slices.Clone(log.Lines)
	at := &wrong.Lines[places[i%len(places)]]
	words := strings.Fields(at.Results)
	words[0] = "987654321987"
	at.Results = strings.Join(words, " ")
	found := admit(t, &wrong)
	if found.Verdict == model.Unsettled && found.Bitwise {
		return false
	}
	if found.Verdict != model.Refused || found.Refusal.Line == nil || found.Refusal.Line.Number != at.Number {
		t.Fatalf("vector %d is %s in %v, want line %d\n%s", i+1, found.Verdict, found.Refusal, at.Number, &wrong)
	}
	return true
}
