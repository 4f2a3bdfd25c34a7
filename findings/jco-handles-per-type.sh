#!/bin/sh
# jco 1.35.0 numbers the handles of each resource type by themselves: a component that makes a handle of R and one of S gets 1 for
# both. Since December 2024 the Canonical ABI has one table for all handles of an instance (component-model#427, after
# component-model#395), in which the second is 2.
#
# Who meets it: a component that keeps its handles in one map under their indices, which the specification allows. Under jco the
# handle of S overwrites the handle of R.
#
# Needs node 20 or later, and npm. Exits with 0 if jco behaves as written below, and with 1 if it does not.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @bytecodealliance/jco@1.35.0

cat >handles.wat <<'WAT'
(component
  (type $R (resource (rep i32)))
  (type $S (resource (rep i32)))
  (core func $new-R (canon resource.new $R))
  (core func $new-S (canon resource.new $S))
  (core module $m
    (import "" "new-R" (func $new-R (param i32) (result i32)))
    (import "" "new-S" (func $new-S (param i32) (result i32)))
    (func (export "make-R") (result i32) (call $new-R (i32.const 100)))
    (func (export "make-S") (result i32) (call $new-S (i32.const 200))))
  (core instance $i (instantiate $m (with "" (instance (export "new-R" (func $new-R)) (export "new-S" (func $new-S))))))
  (func (export "make-r") (result u32) (canon lift (core func $i "make-R")))
  (func (export "make-s") (result u32) (canon lift (core func $i "make-S"))))
WAT
cat >run.mjs <<'JS'
import { makeR, makeS } from './out/handles.js';
console.log('the first handle, of R, has index', makeR());
console.log('the second handle, of S, has index', makeS());
JS
npx jco parse handles.wat -o handles.wasm
npx jco transpile handles.wasm -o out --name handles -q
echo '{"type":"module"}' >out/package.json

echo "jco $(npx jco --version)"
node run.mjs | tee seen
cat >expected <<'TEXT'
the first handle, of R, has index 1
the second handle, of S, has index 1
TEXT
diff expected seen && echo "as described: two handles of one instance have the same index"
