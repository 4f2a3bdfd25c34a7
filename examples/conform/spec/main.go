// Command spec is an adapter for cabi conform: it lets the port of the specification in spec/ be tested as any implementation is, through
// the protocol of docs/conform.md. It makes the choices of the specification at random.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A line is a request or a reply.
type line struct {
	ID          int                `json:"id"`
	Kind        string             `json:"kind"`
	Version     int                `json:"version,omitempty"`
	Name        string             `json:"name,omitempty"`
	World       json.RawMessage    `json:"world,omitempty"`
	Op          string             `json:"op,omitempty"`
	Words       []string           `json:"words,omitempty"`
	Numbers     []string           `json:"numbers,omitempty"`
	Unsupported []string           `json:"unsupported,omitempty"`
	Why         string             `json:"why,omitempty"`
	Events      []event            `json:"events,omitempty"`
	Next        *int               `json:"next,omitempty"`
	Tables      map[string][]entry `json:"tables,omitempty"`
}

type event struct {
	Kind    string   `json:"kind"`
	Call    *int     `json:"call,omitempty"`
	Func    string   `json:"func,omitempty"`
	Numbers []string `json:"numbers,omitempty"`
	Results []string `json:"results,omitempty"`
	Message string   `json:"message,omitempty"`
}

type entry struct {
	Index string `json:"index"`
	Class string `json:"class"`
}

// An adapter is the actor, the observer and the choices of runs: it reads what happens next, and writes what did.
type adapter struct {
	fault
	in     *bufio.Scanner
	asked  line // the request that is not answered yet
	events []event
	tables map[string][]entry // of the last answer
	calls  map[*model.Activation]int
	random *rand.Rand
}

func main() {
	name := flag.String("fault", "", "a fault that the implementation has")
	flag.Parse()
	fault, known := faults[*name]
	if !known && *name != "" {
		fmt.Fprintf(os.Stderr, "there is no fault %q\n", *name)
		os.Exit(2)
	}
	a := &adapter{fault: fault, in: bufio.NewScanner(os.Stdin), random: rand.New(rand.NewPCG(1, 1))}
	a.in.Buffer(nil, 1<<24)
	for a.read() {
		for a.asked.Kind == "world" { // a run ends where another world is asked for
			a.run()
		}
		if a.asked.Kind == "hello" {
			a.reply(line{Kind: "hello", Version: 1, Name: "spec", Unsupported: a.lacks})
		}
	}
}

// read reads the next request; false: there is none.
func (a *adapter) read() bool {
	a.asked = line{}
	return a.in.Scan() && json.Unmarshal(a.in.Bytes(), &a.asked) == nil
}

func (a *adapter) reply(l line) {
	if a.instead != nil && a.asked.Op == "return" {
		a.instead()
		return
	}
	l.ID = a.asked.ID
	text, err := json.Marshal(l)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s\n", text)
}

// answer says what happened since the last answer, and which call acts next; below 0: none.
func (a *adapter) answer(r *model.Run, next int) {
	l := line{Kind: "answer", Events: a.events}
	if next == 1 && a.next > 0 {
		next = a.next
	}
	if next >= 0 {
		l.Next, l.Tables = &next, map[string][]entry{}
		for name, slots := range model.TablesOf(r) {
			l.Tables[name] = []entry{}
			for _, slot := range slots {
				index, class, _ := strings.Cut(slot, " ")
				l.Tables[name] = append(l.Tables[name], entry{index, class})
			}
			if a.keeps && len(slots) < len(a.tables[name]) {
				l.Tables[name] = a.tables[name]
			}
		}
	}
	a.reply(l)
	a.events, a.tables = nil, l.Tables
}

// run makes a world, and does as it is told until it traps or another world is asked for.
func (a *adapter) run() {
	world := &model.World{}
	err := json.Unmarshal(a.asked.World, world)
	if err == nil && world.Name == a.noWorld {
		err = errors.New("it is too big")
	}
	if err != nil {
		a.reply(line{Kind: "unsupported", Why: err.Error()})
		a.read()
		return
	}
	a.calls, a.events, a.tables = map[*model.Activation]int{}, nil, nil
	r := model.NewRun(world, spec.Options{Choices: a, Variant: a.variant, Without: a.without}, a)
	defer r.Close()
	r.Observer = a
	r.Main()
	if r.Stopped != nil {
		a.events = append(a.events, event{Kind: "trap", Message: r.Stopped.Error()})
		a.answer(r, -1)
		a.read()
	}
}

// Next answers the request before, and takes the action of the next one.
func (a *adapter) Next(r *model.Run, at *model.Activation) model.Action {
	for a.answer(r, a.calls[at]); ; {
		if !a.read() || a.asked.Kind == "world" {
			return model.Action{}
		}
		if slices.Contains(a.lacks, a.asked.Op) {
			panic("it was said that this is unsupported")
		}
		if a.asked.Op == a.ignores && a.ignores != "" {
			a.events = append(a.events, event{Kind: "done", Call: a.call(at)})
			a.answer(r, a.calls[at])
			continue
		}
		words := append(append([]string{a.asked.Op}, a.asked.Words...), a.asked.Numbers...)
		action, err := model.ParseAction(r, at, words)
		if err == nil && action.Op != a.refuses {
			return action
		}
		if err == nil {
			err = errors.New("it is not done yet")
		}
		a.reply(line{Kind: "unsupported", Why: err.Error()})
	}
}

// call is the number of a call; of the host at rest, 0.
func (a *adapter) call(at *model.Activation) *int {
	n := a.calls[at]
	return &n
}

// Entered notes that a call was entered.
func (a *adapter) Entered(at *model.Activation) {
	a.calls[at] = len(a.calls) + 1
	a.events = append(a.events, event{Kind: "enter", Call: a.call(at), Func: at.Name, Numbers: model.NumberWords(at.Args)})
}

// Done notes that the action of a call is done.
func (a *adapter) Done(at *model.Activation, results []spec.CoreValue) {
	words := model.AnswerWords(at, results)
	if a.result != nil {
		words = a.result(at.Pending.Op, words)
	}
	a.events = append(a.events, event{Kind: "done", Call: a.call(at), Results: words})
}

// HostReceived does nothing: the protocol does not compare what the host receives.
func (a *adapter) HostReceived(string) {}

// Choose makes a choice of the specification.
func (a *adapter) Choose(_ spec.Site, n int) int { return a.random.IntN(n) }
