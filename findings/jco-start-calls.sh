#!/bin/sh
# jco 1.35.0 cannot instantiate a component in which the start function of a core module calls a function of another component inside it:
# "missing current caller task metadata". Core modules are started while the component is instantiated, in the order of their definitions
# (Instance Definitions in Explainer.md), and a function that is lowered may be called then as at any time (canon lower in
# CanonicalABI.md). Called by an export, the same function works.
#
# Who meets it: components of which one initializes itself, by a constructor or a start function, with what it asks another.
#
# Needs npm, which fetches node 26 too. Exits with 0 if jco behaves as written below, and with 1 if it does not.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @bytecodealliance/jco@1.35.0 node@26.10.0

# component START: a component whose core module keeps what another component gives, asked by an export, or by START.
component() {
  cat <<WAT
(component
  (component \$callee
    (core module \$m (func (export "seven") (result i32) i32.const 7))
    (core instance \$i (instantiate \$m))
    (func (export "seven") (result u32) (canon lift (core func \$i "seven"))))
  (component \$caller
    (import "seven" (func \$seven (result u32)))
    (core func \$lowered (canon lower (func \$seven)))
    (core module \$m
      (import "" "seven" (func \$seven (result i32)))
      (global \$kept (mut i32) (i32.const 0))
      (func \$ask (global.set \$kept (call \$seven)))
      $1
      (func (export "get") (result i32) (if (i32.eqz (global.get \$kept)) (then (call \$ask))) (global.get \$kept)))
    (core instance \$i (instantiate \$m (with "" (instance (export "seven" (func \$lowered))))))
    (func (export "get") (result u32) (canon lift (core func \$i "get"))))
  (instance \$callee (instantiate \$callee))
  (instance \$caller (instantiate \$caller (with "seven" (func \$callee "seven"))))
  (export "get" (func \$caller "get")))
WAT
}
cat >run.mjs <<'JS'
try {
  const { get } = await import(`./${process.argv[2]}/program.js`);
  console.log('get gives', get());
} catch (e) {
  console.log('the component cannot be instantiated:', e.message);
}
JS
export PATH="$dir/node_modules/node/bin:$PATH"
for start in '' '(start $ask)'; do
  name=program${#start}
  component "$start" >"$name.wat"
  npx jco parse "$name.wat" -o "$name.wasm"
  npx jco transpile "$name.wasm" -o "$name" --name program -q
  echo '{"type":"module"}' >"$name/package.json"
  echo "start function: ${start:-none}"
  node run.mjs "$name"
done | tee seen
cat >expected <<'TEXT'
start function: none
get gives 7
start function: (start $ask)
the component cannot be instantiated: missing current caller task metadata
TEXT
diff expected seen && echo "as described: a start function cannot call another component"
