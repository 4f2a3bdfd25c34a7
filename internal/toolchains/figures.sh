#!/bin/sh
# Makes testdata/figures.json: how fast three components run on the specification, under jco and under Wasmtime, each in a process of its
# own. `make toolchains` comes before it, and `make figures` runs it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=$(go run "$here/measure" where)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/measure" "$here/measure"
(cd "$here/wasmtime" && go mod download && GOFLAGS=-mod=mod CGO_CFLAGS="-I$(go list -m -f '{{.Dir}}' github.com/bytecodealliance/wasmtime-go/v39)/build/include" go build -o "$work/wasmtime" .)
cp "$here/measure.mjs" "$cache"
flag=--experimental-wasm-extended-const # node 20 has these behind a flag, later versions have no such flag
node $flag -e '' 2>/dev/null || flag=
for c in rust-redact quickjs-text starlingmonkey-text; do
  "$work/measure" $c interpreter
  "$work/measure" $c compiler
  "$work/wasmtime" measure $c
  (cd "$cache" && node measure.mjs $c "$("$work/measure" $c where)" && node $flag measure.mjs $c)
done >"$work/figures"
{ echo '['; sed '$!s/$/,/' "$work/figures"; echo ']'; } >"$work/figures.json"
mv "$work/figures.json" "$here/testdata/figures.json"
