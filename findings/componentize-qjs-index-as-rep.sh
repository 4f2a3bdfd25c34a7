#!/bin/sh
# componentize-qjs 0.4.5 makes programs that take the index of an owned handle for what the handle's resource is known by. Where a
# resource is a program's own, an argument of type own<R> reaches core code as an index, and resource.rep gives what it stands for
# (lift_own and canon_resource_rep in CanonicalABI.md); the programs never call resource.rep, and look the index up among their objects,
# which they number from 0. Borrowed handles are right: these reach core code as what they stand for.
#
# Who meets it: every program of this toolchain that takes an owned handle of a resource of its own. It reads another object, without an
# error, or traps if there is none of that number. Which object it is depends on how the host numbers handles: the same under jco, which
# this script uses, as under a host with one table, as long as the program holds no handles of other types; else it differs.
#
# Needs node 20 or later, and npm. Exits with 0 if the toolchain behaves as written below, and with 1 if it does not.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund componentize-qjs@0.4.5 @bytecodealliance/jco@1.35.0

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
cat >run.mjs <<'JS'
import { counters } from './out/program.js';
const a = new counters.Counter(10), b = new counters.Counter(20);
console.log('the values of the counters are', a.value(), 'and', b.value());
console.log('the first is given away, and the program reads', counters.finish(a));
JS
npx componentize-qjs --sync --wit program.wit --js program.js -o program.wasm >/dev/null
npx jco transpile program.wasm -o out --name program -q
echo '{"type":"module"}' >out/package.json

# Node 20 has the additions in constants that the program uses behind a flag; later versions have no such flag.
flag=--experimental-wasm-extended-const
node $flag -e '' 2>/dev/null || flag=
node $flag run.mjs | tee seen
cat >expected <<'TEXT'
the values of the counters are 10 and 20
the first is given away, and the program reads 20
TEXT
diff expected seen && echo "as described: the program reads the second counter where it was given the first"
