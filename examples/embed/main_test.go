package main

import "os"

func Example() {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	main()
	// Output:
	// Hello, Ada!
	// world component  variant per-type
	// instance A memory 196608 realloc guest
	// func A.greet(string) -> string
	// func host.hello(string) -> string
	// import A host.hello
	// host: invoke A.greet "Ada"
	// A: enter A.realloc 0 0 1 3
	// A: return 1024
	// A: enter A.greet 1024 3
	// A: memory.store 1024 bytes:416461
	// A: call host.hello 1024 3 64
	// host: host.start 0
	// host: host.resolve 0 "Hello, Ada!"
	// A: enter A.realloc 0 0 1 11
	// A: return 1032
	// host: return
	// A: done call host.hello 1024 3 64
	// A: memory.store 64 bytes:080400000b000000
	// A: memory.store 1032 bytes:48656c6c6f2c2041646121
	// A: return 64
}
