#!/bin/sh
# jco 1.35.0: where a function of a component returns a list of resources, [Symbol.dispose]() of any of them drops the handle of the last. The
# function that it makes for an element closes over variables that all elements have in common: they are declared with var, in a loop.
#
# Who meets it: a program in JavaScript that disposes of one of several resources that it got in a list. Another one is destroyed, and the
# one that was disposed of is not. Its next dispose traps, as the handle is gone.
#
# Needs node 20 or later, and npm. Exits with 0 if jco behaves as written below, and with 1 if it does not.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @bytecodealliance/jco@1.35.0

cat >list.wat <<'WAT'
(component
  (core module $Dtor
    (global $last (mut i32) (i32.const 0))
    (func (export "dtor") (param i32) (global.set $last (local.get 0)))
    (func (export "last") (result i32) (global.get $last)))
  (core instance $dtor (instantiate $Dtor))
  (type $R (resource (rep i32) (dtor (core func $dtor "dtor"))))
  (core func $new (canon resource.new $R))
  (core module $M
    (import "" "new" (func $new (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "make") (result i32)
      (i32.store (i32.const 16) (call $new (i32.const 100)))
      (i32.store (i32.const 20) (call $new (i32.const 200)))
      (i32.store (i32.const 24) (call $new (i32.const 300)))
      (i32.store (i32.const 0) (i32.const 16))
      (i32.store (i32.const 4) (i32.const 3))
      (i32.const 0)))
  (core instance $m (instantiate $M (with "" (instance (export "new" (func $new))))))
  (func $make (result (list (own $R))) (canon lift (core func $m "make") (memory (core memory $m "memory"))))
  (func $last (result u32) (canon lift (core func $dtor "last")))
  (component $Things
    (import "r" (type $R (sub resource)))
    (import "make" (func $make (result (list (own $R)))))
    (import "last-destroyed" (func $last (result u32)))
    (export $R' "r" (type $R))
    (export "make" (func $make) (func (result (list (own $R')))))
    (export "last-destroyed" (func $last)))
  (instance $things (instantiate $Things (with "r" (type $R)) (with "make" (func $make)) (with "last-destroyed" (func $last))))
  (export "local:list/things" (instance $things)))
WAT
cat >run.mjs <<'JS'
import { things } from './out/list.js';
const { make, lastDestroyed } = things;
const dispose = Symbol.dispose || Symbol.for('dispose');
const [first] = make(); // what stands for them is 100, 200 and 300
first[dispose]();
console.log('disposed of the first, and destroyed was', lastDestroyed());
JS
npx jco parse list.wat -o list.wasm
npx jco transpile list.wasm -o out --name list -q
echo '{"type":"module"}' >out/package.json

echo "jco $(npx jco --version)"
node run.mjs | tee seen
cat >expected <<'TEXT'
disposed of the first, and destroyed was 300
TEXT
diff expected seen && echo "as described: another resource is destroyed than the one that was disposed of"
