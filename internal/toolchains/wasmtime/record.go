package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"cabi/internal/output"
	"cabi/internal/toolchains"
	"cabi/spec"
)

// record writes a recording for each component into ../testdata, or for those that are named.
func record(names []string) error {
	runner := toolchains.NewRunner(false)
	defer runner.Close()
	engine := newEngine()
	drawn := map[string][]toolchains.Session{}
	for _, c := range order() {
		if len(names) > 0 && !slices.Contains(names, c.Name()) {
			continue
		}
		if drawn[c.Program] == nil {
			sessions, err := runner.Sessions(c)
			if err != nil {
				return err
			}
			drawn[c.Program] = sessions
		}
		r, err := recordOne(engine, runner, c, drawn[c.Program])
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name(), err)
		}
		if err := output.WriteText(filepath.Join("..", "testdata", c.Name()+".json"), r.Text()); err != nil {
			return err
		}
		calls := 0
		for _, s := range r.Sessions {
			calls += len(s.Calls)
		}
		fmt.Printf("%s: %d sessions, %d calls\n", c.Name(), len(r.Sessions), calls)
	}
	return nil
}

// order is the components with those of QuickJS first, which are small: sessions are drawn with the first of each program.
func order() (all []toolchains.Component) {
	for _, first := range []bool{true, false} {
		for _, c := range toolchains.Components() {
			if (c.Toolchain == toolchains.QuickJS) == first {
				all = append(all, c)
			}
		}
	}
	return all
}

func recordOne(e *engine, runner *toolchains.Runner, c toolchains.Component, sessions []toolchains.Session) (*toolchains.Recording, error) {
	r := &toolchains.Recording{Component: c.Name(), Oracle: "Wasmtime " + version}
	decoded, err := c.Decode()
	if err != nil {
		return nil, err
	}
	if c.Async() {
		r.Oracle = toolchains.Itself
		for _, s := range sessions {
			held := runner.Hold(decoded, s.Plain(), spec.SingleTable)
			held.Name = s.Name
			r.Sessions = append(r.Sessions, held)
		}
		return r, nil
	}
	types, resources, err := runner.Described(decoded)
	if err != nil {
		return nil, err
	}
	binary, err := c.Read()
	if err != nil {
		return nil, err
	}
	compiled, err := e.compile(binary, types, resources)
	if err != nil {
		return nil, err
	}
	defer compiled.close()
	for _, s := range sessions {
		held, err := compiled.hold(s.Plain())
		if err != nil {
			return nil, fmt.Errorf("session %s: %w", s.Name, err)
		}
		held.Name = s.Name
		r.Sessions = append(r.Sessions, held)
	}
	return r, nil
}

// version is that of the archive.
const version = "39.0.1"
