package toolchains

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"cabi/component"
	"cabi/internal/program"
	"cabi/spec"
)

// A JCO is a component that runs under node, transpiled by jco, with the same host as anywhere.
type JCO struct {
	command *exec.Cmd
	in      io.WriteCloser // that the process reads
	out     *bufio.Reader
	read    *os.File
	printed *os.File
	said    bytes.Buffer // on standard error

	exports map[string]*spec.FuncType
	imports []component.Import
	names   []string // of the imports that the host gives
	host    *Host    // of the session
	handles []any    // those that the session was given, as values of JavaScript
}

// How a component runs under jco: as it is transpiled, or with a change, to see why it does what it does.
const (
	AsItIs    = "as-it-is"
	Shifted   = "shifted"   // the indices of handles begin at 1001
	Disposing = "disposing" // a resource that is disposed of drops its own handle, where it is of a list too
)

// StartJCO transpiles a component, changes what comes of it as how says, and starts a process for it. Close it when done.
func StartJCO(c Component, d *program.Description, how string) (*JCO, error) {
	dir, err := Cached()
	if err != nil {
		return nil, err
	}
	j := &JCO{exports: map[string]*spec.FuncType{}}
	for _, e := range d.Exports {
		j.exports[e.Name] = e.Func.Type
	}
	host := NewHost()
	for _, i := range d.Imports {
		if f, err := host.Func(i); f != nil || err != nil {
			j.imports, j.names = append(j.imports, i), append(j.names, i.Name)
		}
	}
	transpile := exec.Command("node", "jco.mjs", "transpile", c.Name(), filepath.Join(dir, filepath.FromSlash(c.Path)))
	transpile.Dir = dir
	if said, err := transpile.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("jco does not transpile it: %w: %s", err, said)
	}
	return j, j.start(dir, how, c.Name())
}

func (j *JCO) start(dir, how, name string) (err error) {
	if j.printed, err = os.CreateTemp("", "cabi-jco-*"); err != nil {
		return err
	}
	from, to, err := os.Pipe()
	if err != nil {
		return err
	}
	back, in, err := os.Pipe()
	if err != nil {
		return err
	}
	// node 20 has these behind a flag, later versions have no such flag
	flags := []string{"--experimental-wasm-extended-const"}
	if exec.Command("node", flags[0], "-e", "").Run() != nil {
		flags = nil
	}
	j.command = exec.Command("node", append(flags, "jco.mjs", how, name)...)
	j.command.Dir, j.command.ExtraFiles = dir, []*os.File{to, back}
	j.command.Stdout, j.command.Stderr = j.printed, &j.said
	j.in, j.read, j.out = in, from, bufio.NewReader(from)
	err = j.command.Start()
	to.Close()
	back.Close()
	return err
}

// Close ends the process. It returns what the component printed on standard output.
func (j *JCO) Close() (string, error) {
	j.in.Close()
	j.command.Wait() // its exit code is of no account
	j.read.Close()
	defer os.Remove(j.printed.Name())
	defer j.printed.Close()
	text, err := os.ReadFile(j.printed.Name())
	return string(text), err
}

// A jsAnswer is what a request to the process or to the host gave.
type jsAnswer struct {
	OK   any     `json:"ok"`
	Err  any     `json:"err,omitempty"`
	Trap *string `json:"trap,omitempty"`

	failed bool // with Err, which may be null
}

// request sends a request, and answers what the component asks the host until the process answers.
func (j *JCO) request(message any) (a jsAnswer, err error) {
	for {
		line, err := json.Marshal(message)
		if err == nil {
			_, err = j.in.Write(append(line, '\n'))
		}
		if err == nil {
			line, err = j.out.ReadBytes('\n')
		}
		if err != nil {
			j.command.Wait()
			return a, fmt.Errorf("node ended: %w: %s", err, j.said.Bytes()[max(0, j.said.Len()-1000):])
		}
		var m map[string]any
		if err := json.Unmarshal(line, &m); err != nil {
			return a, err
		}
		if name, ok := m["host"].(string); ok {
			message = j.hostCall(name, m["args"].([]any))
			continue
		}
		if name, ok := m["dropped"].(string); ok {
			j.host.Dropped(name, uint32(m["rep"].(float64)))
			message = map[string]any{"ok": nil}
			continue
		}
		a.OK = m["ok"]
		a.Err, a.failed = m["err"]
		if text, ok := m["trap"].(string); ok {
			a.Trap = &text
		}
		return a, nil
	}
}

// hostCall calls a function of the host.
func (j *JCO) hostCall(name string, given []any) any {
	trap := func(err error) any { return map[string]any{"trap": err.Error()} }
	for _, i := range j.imports {
		if i.Name != name {
			continue
		}
		f, err := j.host.Func(i)
		if err != nil {
			return trap(err)
		}
		var args []spec.Value
		for n, t := range i.Type.Params {
			args = append(args, fromJS(t, given[n], func(_ spec.ValType, h map[string]any) spec.Int { return spec.IntOf(int64(h["v"].(float64))) }))
		}
		results, err := f(args)
		if err != nil {
			return trap(err)
		}
		if len(results) == 0 {
			return map[string]any{"ok": nil}
		}
		return asThrown(i.Type.Result[0], jsValue(i.Type.Result[0], results[0], func(t spec.ValType, rep spec.Int) any {
			n, _ := rep.Uint64()
			return tagged{"host", t.(*spec.OwnType).Rt.Name, n}
		}))
	}
	return trap(errors.New("the host has no " + name))
}

// asThrown is a result: an error of a function is thrown.
func asThrown(t spec.ValType, v any) any {
	if _, ok := t.(*spec.ResultType); !ok {
		return map[string]any{"ok": v}
	}
	of := v.(map[string]any)
	return map[string]any{of["tag"].(string): of["val"]}
}

// Hold holds a session.
func (j *JCO) Hold(calls []program.Call) (held Held, err error) {
	j.host, j.handles = NewHost(), nil
	defer func() {
		held.Host = j.host.Log
		switch x := recover().(type) {
		case nil:
		case notJS:
			err = x.error
		default:
			panic(x)
		}
	}()
	a, err := j.request(map[string]any{"session": append([]string{}, j.names...)})
	if err != nil {
		return held, err
	}
	if a.Trap != nil {
		held.Calls = append(held.Calls, Answer{Call: "instantiation", Trap: *a.Trap})
		return held, nil
	}
	for _, c := range calls {
		answer, err := j.call(c)
		if err != nil {
			return held, fmt.Errorf("%s: %w", c, err)
		}
		held.Calls = append(held.Calls, answer)
		if answer.Trap != "" {
			break
		}
	}
	return held, nil
}

func (j *JCO) call(c program.Call) (answer Answer, err error) {
	answer.Call = c.String()
	if c.Drop != "" {
		var n uint64
		if _, err := fmt.Sscanf(c.Drop, "#%d", &n); err != nil {
			return answer, err
		}
		a, err := j.request(map[string]any{"drop": j.handles[n-1]})
		if a.Trap != nil {
			answer.Trap = *a.Trap
		}
		return answer, err
	}
	t := j.exports[c.Export]
	if t == nil {
		return answer, errors.New("there is no such export")
	}
	v, err := component.ParseValue(&spec.TupleType{Ts: t.Params}, "("+c.Args+")")
	if err != nil && len(t.Params) > 0 {
		return answer, err
	}
	args := []any{}
	for i, p := range t.Params {
		args = append(args, jsValue(p, v.(spec.Dict)[i].Value, func(_ spec.ValType, n spec.Int) any {
			at, _ := n.Uint64()
			return j.handles[at-1]
		}))
	}
	a, err := j.request(map[string]any{"function": c.Export, "args": args})
	switch {
	case err != nil:
		return answer, err
	case a.Trap != nil:
		answer.Trap = *a.Trap
		return answer, nil
	case len(t.Result) == 0:
		return answer, nil
	}
	answer.Result, err = j.result(t.Result[0], a)
	return answer, err
}

// result is the text of what a call returned. A result that is an error was thrown.
func (j *JCO) result(t spec.ValType, a jsAnswer) (string, error) {
	handle := func(_ spec.ValType, h map[string]any) spec.Int {
		j.handles = append(j.handles, h)
		return spec.IntOf(int64(len(j.handles)))
	}
	switch r, ok := t.(*spec.ResultType); {
	case ok && a.failed:
		return component.FormatValue(t, caseFrom("error", r.Error, a.Err, handle)), nil
	case ok:
		return component.FormatValue(t, caseFrom("ok", r.Ok, a.OK, handle)), nil
	case a.failed:
		return "", errors.New("an error was thrown, where the function has no result that is one")
	}
	return component.FormatValue(t, fromJS(t, a.OK, handle)), nil
}
