package component_test

import (
	"fmt"
	"log"
	"os"

	"cabi/component"
	"cabi/spec"
)

func Example() {
	binary, err := os.ReadFile("testdata/greet.wasm")
	if err != nil {
		log.Fatal(err)
	}
	greeter, err := component.Decode(binary)
	if err != nil {
		log.Fatal(err)
	}
	engine := component.NewEngine(component.EngineOptions{})
	defer engine.Close()
	run := engine.NewRun(component.RunOptions{Spec: spec.Options{Choices: spec.NewRandom(1)}})
	defer run.Close()

	hello := component.HostFunc(func(args []spec.Value) ([]spec.Value, error) {
		return []spec.Value{spec.UTF8String("Hello, " + args[0].(spec.String).S + "!")}, nil
	})
	inst, err := run.Instantiate(greeter, component.Imports{"hello": hello})
	if err != nil {
		log.Fatal(err)
	}
	greet, err := inst.Func("greet")
	if err != nil {
		log.Fatal(err)
	}
	name, err := component.ParseValue(greet.Type.Params[0], `"Ada"`)
	if err != nil {
		log.Fatal(err)
	}
	results, err := run.Call(greet, name)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(component.FormatValue(greet.Type.Result[0], results[0]))
	// Output: "Hello, Ada!"
}
