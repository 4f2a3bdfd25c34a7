//go:build js && wasm

// Command engine is the engine of the page as a WebAssembly module. A worker runs it, and calls it with questions (internal/page/worker.js).
package main

import (
	"syscall/js"

	"cabi/internal/explorer"
)

func main() {
	js.Global().Call("cabiReady", js.FuncOf(func(_ js.Value, args []js.Value) any {
		question, tell := args[0].String(), args[1]
		go explorer.Answer([]byte(question), func(line []byte) bool {
			tell.Invoke(string(line))
			return true // whoever wants it to stop ends the worker
		})
		return nil
	}))
	select {}
}
