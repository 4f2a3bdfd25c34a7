package toolchains

import (
	"embed"
	"fmt"
	"strings"

	"cabi/internal/program"
)

// A Session is calls that are made in order in one instance.
type Session struct {
	Name  string
	Calls []Step
}

// A Step is a call, and what it is known to return if that was written down.
type Step struct {
	Call program.Call
	Want string // as WAVE; empty: it is not written down
}

//go:embed sessions
var sessions embed.FS

// Written are the sessions that were written for a program: a file with lines "session NAME", "in PREFIX", which names of exports
// begin with from there on, and calls, perhaps with " -> " and what they return. What # begins is a comment.
func Written(programName string) ([]Session, error) {
	text, err := sessions.ReadFile("sessions/" + programName + ".txt")
	if err != nil {
		return nil, err
	}
	var all []Session
	prefix := ""
	for i, line := range strings.Split(string(text), "\n") {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case word == "" || word[0] == '#':
		case word == "in":
			prefix = rest
		case word == "session":
			all = append(all, Session{Name: rest})
		case len(all) == 0:
			return nil, fmt.Errorf("sessions/%s.txt:%d: a call before the first session", programName, i+1)
		default:
			step, err := readStep(strings.TrimSpace(line), prefix)
			if err != nil {
				return nil, fmt.Errorf("sessions/%s.txt:%d: %w", programName, i+1, err)
			}
			s := &all[len(all)-1]
			s.Calls = append(s.Calls, step)
		}
	}
	return all, nil
}

func readStep(line, prefix string) (Step, error) {
	text, want, _ := strings.Cut(line, " -> ")
	call, err := program.ParseCall(text)
	if err == nil && call.Drop == "" {
		call.Export = prefix + call.Export
		for i := range call.With {
			call.With[i].Export = prefix + call.With[i].Export
		}
	}
	return Step{call, want}, err
}
