package main

// #include "engine.h"
import "C"

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"cabi/component"
	"cabi/internal/toolchains"
	"cabi/spec"
)

// measure prints how fast a component runs under Wasmtime, as a line of JSON.
func measure(name string) error {
	c, ok := toolchains.ByName(name)
	if !ok {
		return fmt.Errorf("no component %q", name)
	}
	decoded, err := c.Decode()
	if err != nil {
		return err
	}
	runner := toolchains.NewRunner(false)
	types, resources, err := runner.Described(decoded)
	if err != nil {
		return err
	}
	runner.Close()
	binary, err := c.Read()
	if err != nil {
		return err
	}
	figure := toolchains.Figure{Component: name, Where: "Wasmtime " + version}
	began, err := toolchains.CPU()
	if err != nil {
		return err
	}
	compiled, err := newEngine().compile(binary, types, resources)
	if err != nil {
		return err
	}
	s, err := compiled.start()
	if err != nil {
		return err
	}
	ready, err := toolchains.CPU()
	if err != nil {
		return err
	}
	figure.First = toolchains.Milliseconds(ready - began)
	figure.Again, err = toolchains.Each(time.Millisecond, 5, func() error {
		again, err := compiled.start()
		again.close()
		return err
	})
	if err != nil {
		return err
	}
	if figure.Call, err = s.measured(toolchains.Measured[name].Export, toolchains.Measured[name].Args); err != nil {
		return err
	}
	if figure.Memory, err = toolchains.Peak(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(figure)
}

// measured is how long a call takes, with its values turned into Wasmtime's and back.
func (s *session) measured(name, args string) (float64, error) {
	export, f, err := s.find(name)
	if err != nil {
		return 0, err
	}
	ft := export.Func.Type
	v, err := component.ParseValue(&spec.TupleType{Ts: ft.Params}, "("+args+")")
	if err != nil {
		return 0, err
	}
	return toolchains.Each(time.Microsecond, 300, func() error {
		given := make([]cValue, len(ft.Params))
		for i, t := range ft.Params {
			given[i] = toC(t, v.(spec.Dict)[i].Value, s)
		}
		results, err := s.invoke(f, given, len(ft.Result))
		if err == nil {
			fromC(ft.Result[0], &results[0], s)
		}
		return err
	})
}
