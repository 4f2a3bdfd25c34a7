#!/bin/sh
# jco 1.35.0 refuses a bool that core code gives as 2 and a u8 that it gives as 511, where they go to JavaScript. The Canonical ABI
# refuses neither: any number but 0 is true, and the upper bits of an integer are ignored (lift_flat and lift_flat_unsigned in
# CanonicalABI.md, since component-model#35). The same package does so too where the same two results go to another component.
#
# Who meets it: a component whose compiler leaves other bits than the lowest in the register of a bool or a small integer. It works
# when it is composed with its caller, and throws when JavaScript calls it. --valid-lifting-optimization makes the bool work.
#
# Needs node 20 or later, and npm. Exits with 0 if jco behaves as written below, and with 1 if it does not.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @bytecodealliance/jco@1.35.0

cat >bits.wat <<'WAT'
(component
  (component $callee
    (core module $m
      (func (export "bool") (result i32) i32.const 2)
      (func (export "u8") (result i32) i32.const 511))
    (core instance $i (instantiate $m))
    (func (export "bool") (result bool) (canon lift (core func $i "bool")))
    (func (export "u8") (result u8) (canon lift (core func $i "u8"))))
  (component $caller
    (import "bool" (func $bool (result bool)))
    (import "u8" (func $u8 (result u8)))
    (core func $core-bool (canon lower (func $bool)))
    (core func $core-u8 (canon lower (func $u8)))
    (core module $m
      (import "" "bool" (func $bool (result i32)))
      (import "" "u8" (func $u8 (result i32)))
      (func (export "bool") (result i32) call $bool)
      (func (export "u8") (result i32) call $u8))
    (core instance $i (instantiate $m
      (with "" (instance (export "bool" (func $core-bool)) (export "u8" (func $core-u8))))))
    (func (export "bool") (result u32) (canon lift (core func $i "bool")))
    (func (export "u8") (result u32) (canon lift (core func $i "u8"))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "bool" (func $callee "bool")) (with "u8" (func $callee "u8"))))
  (export "bool" (func $callee "bool"))
  (export "u8" (func $callee "u8"))
  (export "called-bool" (func $caller "bool"))
  (export "called-u8" (func $caller "u8")))
WAT
cat >run.mjs <<'JS'
import * as bits from './out/bits.js';
for (const name of ['calledBool', 'calledU8', 'bool', 'u8']) {
  try {
    console.log(name, bits[name]());
  } catch (e) {
    console.log(name, 'throws', e.message);
  }
}
JS
npx jco parse bits.wat -o bits.wasm
npx jco transpile bits.wasm -o out --name bits -q
echo '{"type":"module"}' >out/package.json

echo "jco $(npx jco --version)"
node run.mjs | tee seen
cat >expected <<'TEXT'
calledBool 1
calledU8 255
bool throws invalid variant discriminant for bool
u8 throws must be between 0 and 255
TEXT
diff expected seen && echo "as described: another component gets 1 and 255, JavaScript an error"
