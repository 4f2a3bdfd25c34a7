#!/bin/sh
# componentize-qjs 0.4.5 cannot make a program that imports an async function: the host that initializes programs gives each import a
# function that is not async. Programs that export async functions are made.
#
# Needs node 20 or later, and npm. Exits with 0 if the toolchain behaves as written below, and with 1 if it does not.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund componentize-qjs@0.4.5

cat >program.wit <<'WIT'
package local:program;
world program {
  import slow: async func(x: u32) -> u32;
  export go: async func(x: u32) -> u32;
}
WIT
cat >program.js <<'JS'
import slow from 'slow';
export async function go(x) { return await slow(x); }
JS
npx componentize-qjs --wit program.wit --js program.js -o program.wasm >said 2>&1 || true
cat said
grep -q 'imports function `slow`.*type mismatch with async' said && echo "as described: no program that imports an async function is made"
