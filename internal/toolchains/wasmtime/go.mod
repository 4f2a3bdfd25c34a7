module cabi/internal/toolchains/wasmtime

go 1.26.0

require (
	cabi v0.0.0
	github.com/bytecodealliance/wasmtime-go/v39 v39.0.1
)

require (
	github.com/klauspost/cpuid/v2 v2.2.10 // indirect
	github.com/tetratelabs/wazero v1.12.0 // indirect
	github.com/zeebo/xxh3 v1.1.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/term v0.47.0 // indirect
)

replace cabi => ../../..
