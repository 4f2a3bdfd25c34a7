// Embed runs a component on the specification inside a Go program: it gives an import as a Go function, chooses the policy, the numbering of
// handles and limits, calls an export, and reads the trace.
package main

import (
	"fmt"
	"log"
	"os"

	"cabi/component"
	"cabi/component/trace"
	"cabi/spec"
)

func main() {
	binary, err := os.ReadFile("component/testdata/greet.wasm")
	if err != nil {
		log.Fatal(err)
	}
	greeter, err := component.Decode(binary)
	if err != nil {
		log.Fatal(err)
	}
	engine := component.NewEngine(component.EngineOptions{MemoryPages: 100})
	defer engine.Close()
	recorder, choices := trace.NewRecorder(), &component.Departing{Policy: spec.NewRandom(1)}
	run := engine.NewRun(component.RunOptions{Observer: recorder, MaxCalls: 1000, MaxTicks: 1000,
		Spec: spec.Options{Choices: choices, Variant: spec.VariantByName("per-type")}})
	defer run.Close()

	hello := func(name string) string { return "Hello, " + name + "!" }
	inst, err := run.Instantiate(greeter, component.Imports{"hello": hello})
	if err != nil {
		log.Fatal(err)
	}
	greet, err := inst.Func("greet")
	if err != nil {
		log.Fatal(err)
	}
	result, err := greet.Call("Ada")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result)
	fmt.Print(recorder.Text(run, choices.Made, nil))
}
