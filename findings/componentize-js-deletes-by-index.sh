#!/bin/sh
# componentize-js 0.23.0 makes programs that forget another object than the one they were given. A program keeps the objects that stand
# behind handles of its own resources in a map, by the number that it gave to resource.new. Where it is given an owned handle, it looks
# the object up by what resource.rep returns, which is that number, and then deletes from the map by the index of the handle
# (canon_resource_new and canon_resource_rep in CanonicalABI.md): it deletes an object of which a handle is still there, if one has
# the number of the index, and keeps the one that it was given for ever, if not.
#
# Who meets it: every program of this toolchain that takes an owned handle of a resource of its own. The next use of the deleted object
# traps, under jco, which this script uses, as under Wasmtime 39 and the specification. Which object it is, and after which calls, depends
# on how the host numbers handles.
#
# Needs node 20 or later, and npm. Exits with 0 if the toolchain behaves as written below, and with 1 if it does not.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"type":"module"}' >package.json
# The toolchain reads no WIT with a later preview2-shim.
npm install --silent --no-audit --no-fund @bytecodealliance/componentize-js@0.23.0 @bytecodealliance/preview2-shim@0.17.4 \
  @bytecodealliance/jco@1.35.0

cat >program.wit <<'WIT'
package local:program;
interface counters {
  resource counter { constructor(n: u32); value: func() -> u32; }
  finish: func(c: counter) -> u32;
}
world program { export counters; }
WIT
cat >program.js <<'JS'
class Counter {
  constructor(n) { this.n = n; }
  value() { return this.n; }
}
export const counters = { Counter, finish: (c) => c.n };
JS
cat >make.mjs <<'JS'
import { writeFile } from 'node:fs/promises';
import { componentize } from '@bytecodealliance/componentize-js';
const disableFeatures = ['stdio', 'random', 'clocks', 'http', 'fetch-event'];
const options = { sourcePath: 'program.js', witPath: 'program.wit', worldName: 'program', disableFeatures };
await writeFile('program.wasm', (await componentize(options)).component);
JS
cat >run.mjs <<'JS'
import { counters } from './out/program.js';
const a = new counters.Counter(10), b = new counters.Counter(20);
a[Symbol.dispose ?? Symbol.for('dispose')](); // the index of its handle is used again, its number is not
const c = new counters.Counter(30), d = new counters.Counter(40);
console.log('the values of three counters are', b.value(), c.value(), 'and', d.value());
console.log('the last is given away, and the program reads', counters.finish(d));
for (const [name, counter] of Object.entries({ first: b, second: c })) {
  try {
    console.log('the value of the', name, 'is', counter.value());
  } catch {
    console.log('the value of the', name, 'cannot be read: the program traps');
  }
}
JS
node make.mjs >/dev/null
npx jco transpile program.wasm -o out --name program -q
echo '{"type":"module"}' >out/package.json

node run.mjs | tee seen
cat >expected <<'TEXT'
the values of three counters are 20 30 and 40
the last is given away, and the program reads 40
the value of the first is 20
the value of the second cannot be read: the program traps
TEXT
diff expected seen && echo "as described: the second counter is forgotten where the last was given away"
