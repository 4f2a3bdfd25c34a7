// Command spec is an adapter for cabi conform: it lets the port of the specification in spec/ be tested as any implementation is, through
// the protocol of docs/conform.md. It makes the choices of the specification at random.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"cabi/adapter"
	"cabi/model"
	"cabi/spec"
)

// A world is the actor, the observer and the choices of a run: it asks what happens next, and says what did.
type world struct {
	conn   *adapter.Conn
	calls  map[*model.Activation]int // the numbers of the calls; of the host at rest, 0
	random *rand.Rand
}

func main() {
	name := flag.String("fault", "", "a fault that the implementation has")
	flag.Parse()
	fault, known := faults[*name]
	if !known {
		fmt.Fprintf(os.Stderr, "there is no fault %q\n", *name)
		os.Exit(2)
	}
	random := rand.New(rand.NewPCG(1, 1))
	lines := fault.in(adapter.JSON(os.Stdin, os.Stdout))
	err := adapter.Serve(lines, "spec", fault.lacks, func(c *adapter.Conn, text json.RawMessage) error {
		of := &model.World{}
		if err := json.Unmarshal(text, of); err != nil {
			return err
		}
		w := &world{c, map[*model.Activation]int{}, random}
		r := model.NewRun(of, spec.Options{Choices: w, Variant: fault.variant, Without: fault.without}, w)
		defer r.Close()
		r.Observer = w
		r.Main()
		if r.Stopped != nil {
			c.Trap(r.Stopped.Error())
		}
		return nil
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "spec:", err)
		os.Exit(1)
	}
}

// Entered notes that core code, or the host, was called.
func (w *world) Entered(at *model.Activation) {
	w.calls[at] = w.conn.Enter(at.Name, model.NumberWords(at.Args))
}

// Done notes that the action of a call is done.
func (w *world) Done(at *model.Activation, results []spec.CoreValue) {
	w.conn.Done(w.calls[at], model.AnswerWords(at, results))
}

// Next says what has happened, and returns the action that is asked for. The zero Action ends the run.
func (w *world) Next(r *model.Run, at *model.Activation) model.Action {
	asked := w.conn.Next(w.calls[at], tables(r))
	for asked != nil {
		action, err := model.ParseAction(r, at, slices.Concat([]string{asked.Op}, asked.Words, asked.Numbers))
		if err == nil {
			return action
		}
		asked = w.conn.Unsupported(err.Error())
	}
	return model.Action{}
}

// HostReceived does nothing: the protocol does not compare what the host receives.
func (w *world) HostReceived(string) {}

// Choose makes a choice of the specification.
func (w *world) Choose(_ spec.Site, n int) int { return w.random.IntN(n) }

// tables are the handle tables of all instances.
func tables(r *model.Run) map[string][]adapter.Entry {
	all := map[string][]adapter.Entry{}
	for name, slots := range model.TablesOf(r) {
		all[name] = []adapter.Entry{}
		for _, slot := range slots {
			index, class, _ := strings.Cut(slot, " ")
			all[name] = append(all[name], adapter.Entry{Index: index, Class: class})
		}
	}
	return all
}
