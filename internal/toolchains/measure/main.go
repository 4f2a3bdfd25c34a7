// Measure prints how fast a component runs on the specification, as a line of JSON: measure COMPONENT interpreter|compiler. With a third
// argument, a profile of the calls is written there. Measure where prints where the components are, and measure COMPONENT where, the
// component's file.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"cabi/component"
	"cabi/internal/toolchains"
	"cabi/spec"
)

func main() {
	var err error
	switch args := os.Args[1:]; {
	case len(args) == 1 && args[0] == "where":
		err = where("")
	case len(args) == 2 && args[1] == "where":
		err = where(args[0])
	case len(args) >= 2 && (args[1] == "interpreter" || args[1] == "compiler"):
		err = measure(args[0], args[1], args[2:])
	default:
		fmt.Fprintln(os.Stderr, "usage: measure COMPONENT interpreter|compiler [PROFILE]")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

// where prints the directory of components, or where one of them is.
func where(name string) error {
	dir, err := toolchains.Cached()
	if err != nil {
		return err
	}
	if name != "" {
		c, ok := toolchains.ByName(name)
		if !ok {
			return fmt.Errorf("no component %q", name)
		}
		dir = filepath.Join(dir, filepath.FromSlash(c.Path))
	}
	fmt.Println(dir)
	return nil
}

func measure(name, engineName string, profile []string) error {
	c, ok := toolchains.ByName(name)
	if !ok {
		return fmt.Errorf("no component %q", name)
	}
	binary, err := c.Read()
	if err != nil {
		return err
	}
	engine := component.NewEngine(component.EngineOptions{Compiler: engineName == "compiler"})
	defer engine.Close()
	figure := toolchains.Figure{Component: name, Where: "cabi, " + engineName}
	began, err := toolchains.CPU()
	if err != nil {
		return err
	}
	decoded, err := component.Decode(binary)
	if err != nil {
		return err
	}
	run, inst, err := instantiate(engine, decoded)
	if err != nil {
		return err
	}
	ready, err := toolchains.CPU()
	if err != nil {
		return err
	}
	figure.First = toolchains.Milliseconds(ready - began)
	figure.Again, err = toolchains.Each(time.Millisecond, 5, func() error {
		again, _, err := instantiate(engine, decoded)
		if err == nil {
			again.Close()
		}
		return err
	})
	if err != nil {
		return err
	}
	call := toolchains.Measured[name]
	f, err := find(inst, call.Export)
	if err != nil {
		return err
	}
	v, err := component.ParseValue(&spec.TupleType{Ts: f.Type.Params}, "("+call.Args+")")
	if err != nil {
		return err
	}
	var args []spec.Value
	for _, e := range v.(spec.Dict) {
		args = append(args, e.Value)
	}
	times := 300
	if len(profile) > 0 {
		times = 30_000
		file, err := os.Create(profile[0])
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	figure.Call, err = toolchains.Each(time.Microsecond, times, func() error {
		_, err := run.Call(f, args...)
		return err
	})
	if err != nil {
		return err
	}
	if figure.Memory, err = toolchains.Peak(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(figure)
}

func instantiate(engine *component.Engine, c *component.Component) (*component.Run, *component.Instance, error) {
	run := engine.NewRun(component.RunOptions{Spec: spec.Options{Choices: component.Fair{}}})
	imports := component.Imports{}
	for _, name := range c.Imports() {
		imports[name] = component.Supplier(func(i component.Import) any {
			if i.Type == nil {
				return run.NewResource(i.Name, nil)
			}
			return component.HostFunc(func([]spec.Value) ([]spec.Value, error) { return nil, fmt.Errorf("%s is not measured", i.Name) })
		})
	}
	inst, err := run.Instantiate(c, imports)
	return run, inst, err
}

func find(inst *component.Instance, export string) (*component.Func, error) {
	for {
		iface, rest, ok := strings.Cut(export, "#")
		if !ok {
			return inst.Func(export)
		}
		inner, ok := inst.Export(iface).(*component.Instance)
		if !ok {
			return nil, fmt.Errorf("no export %s", iface)
		}
		inst, export = inner, rest
	}
}
