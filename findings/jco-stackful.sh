#!/bin/sh
# jco 1.35.0 takes a component with an async function that is lifted without a callback (the feature that the Component Model's Explainer
# marks as stackful), and makes JavaScript of it, without a word. When the function returns its result by task.return, which is all that it
# has to do, the call throws: "task [1] is already resolved". In the Canonical ABI core code returns without a result after task.return,
# and the task is over (canon lift in CanonicalABI.md).
#
# Who meets it: whoever has a component whose core code blocks instead of having a callback. With a callback, the same function works.
#
# Needs npm, which fetches node 26 too. Exits with 0 if jco behaves as written below, and with 1 if it does not.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @bytecodealliance/jco@1.35.0 node@26.10.0

# component LIFT: a component whose function seven is lifted with LIFT.
component() {
  cat <<WAT
(component
  (core func \$return (canon task.return (result u32)))
  (core module \$m
    (import "" "task.return" (func \$return (param i32)))
    (func (export "stackful") (call \$return (i32.const 7)))
    (func (export "with-callback") (result i32) (call \$return (i32.const 7)) (i32.const 0))
    (func (export "callback") (param i32 i32 i32) (result i32) unreachable))
  (core instance \$i (instantiate \$m (with "" (instance (export "task.return" (func \$return))))))
  (func (export "seven") async (result u32) (canon lift $1)))
WAT
}
component '(core func $i "stackful") async' >stackful.wat
component '(core func $i "with-callback") async (callback (core func $i "callback"))' >callback.wat
cat >run.mjs <<'JS'
for (const name of ['callback', 'stackful']) {
  const { seven } = await import(`./${name}/${name}.js`);
  try {
    console.log(`${name}: seven returns ${await seven()}`);
  } catch (e) {
    console.log(`${name}: seven throws ${String(e).replace(/\s+/g, ' ')}`);
  }
}
JS
for name in stackful callback; do
  npx jco parse $name.wat -o $name.wasm
  npx jco transpile $name.wasm -o $name --name $name -q --async-mode jspi
  echo '{"type":"module"}' >$name/package.json
done

echo "jco $(npx jco --version)"
npx node run.mjs | tee seen
cat >expected <<'TEXT'
callback: seven returns 7
stackful: seven throws Error: (component [0]) task [1] is already resolved (did you forget to wait for an import?)
TEXT
diff expected seen && echo "as described: a function without a callback cannot return"
