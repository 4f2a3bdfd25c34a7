//go:build js && wasm

// Command engine is the engine of the page as a WebAssembly module. A worker runs it, and calls it with questions (internal/page/worker.js).
package main

import (
	"syscall/js"

	"cabi/internal/explorer"
)

func main() {
	type asked struct {
		question string
		tell     js.Value
	}
	const most = 1000 // questions that wait; the page asks one at a time, and waits for a moment only
	questions := make(chan asked, most)
	js.Global().Call("cabiReady", js.FuncOf(func(_ js.Value, args []js.Value) any {
		questions <- asked{args[0].String(), args[1]}
		return nil
	}))
	for q := range questions { // in their order
		explorer.Answer([]byte(q.question), func(line []byte) bool {
			q.tell.Invoke(string(line))
			return true // whoever wants it to stop ends the worker
		})
	}
}
