package component_test

import (
	"fmt"
	"log"
	"os"

	"cabi/component"
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
	run := engine.NewRun(component.RunOptions{})
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
	fmt.Println(greet.Call("Ada"))
	// Output: Hello, Ada! <nil>
}
