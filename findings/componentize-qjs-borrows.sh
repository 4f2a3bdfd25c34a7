#!/bin/sh
# componentize-qjs 0.4.5 makes programs that drop a borrowed handle of an imported resource too late: after the call that it was lent
# for has returned, in the function that frees the result (post-return). A call must have dropped what it was lent when it returns
# (Task.return_ in CanonicalABI.md), and what frees the result may not call out (canon_lift there, on may_leave).
#
# Who meets it: every program of this toolchain that exports a function which is not async and takes a borrowed handle of an imported
# resource. Such a call traps: under Wasmtime 39 as under the specification when it returns, and under jco, which this script uses,
# when the program then drops the handle.
#
# Needs node 20 or later, and npm. Exits with 0 if the toolchain behaves as written below, and with 1 if it does not.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund componentize-qjs@0.4.5 @bytecodealliance/jco@1.35.0

cat >program.wit <<'WIT'
package local:program;
interface host {
  resource file { constructor(name: string); name: func() -> string; }
}
interface work {
  use host.{file};
  look: func(f: borrow<file>) -> string;
}
world program { import host; export work; }
WIT
cat >program.js <<'JS'
export const work = { look: (f) => f.name() };
JS
cat >host.mjs <<'JS'
export class File {
  constructor(name) { this.n = name; }
  name() { return this.n; }
}
JS
cat >run.mjs <<'JS'
import { File } from './host.mjs';
import { work } from './out/program.js';
try {
  console.log('look returns', work.look(new File('a')));
} catch (e) {
  console.log('look traps:', e.message);
}
JS
npx componentize-qjs --sync --wit program.wit --js program.js -o program.wasm >/dev/null
npx jco transpile program.wasm -o out --name program -q --map local:program/host=../host.mjs
echo '{"type":"module"}' >out/package.json

# Node 20 has the additions in constants that the program uses behind a flag; later versions have no such flag.
flag=--experimental-wasm-extended-const
node $flag -e '' 2>/dev/null || flag=
node $flag run.mjs | tee seen
echo 'look traps: cannot leave component instance' >expected
diff expected seen && echo "as described: the handle that was lent is dropped after the call has returned"
