// Prints how fast a component runs under node, transpiled by jco, as a line of JSON: node measure.mjs COMPONENT, after
// node measure.mjs COMPONENT FILE has transpiled it. It stands beside the packages.
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';

const [name, file] = process.argv.slice(2);
const out = resolve('transpiled', name);
if (file) {
  const { transpile } = await import('@bytecodealliance/jco');
  const { files } = await transpile(await readFile(file), { name: 'program', instantiation: { tag: 'async' } });
  for (const [path, data] of Object.entries(files)) {
    const to = resolve(out, path);
    await mkdir(resolve(to, '..'), { recursive: true });
    await writeFile(to, data);
  }
  await writeFile(resolve(out, 'package.json'), '{"type":"module"}');
  process.exit();
}
const { instantiate } = await import(pathToFileURL(resolve(out, 'program.js')));

const unused = () => { throw new Error('this import is not measured'); };
const imports = {
  ...new WASIShim().getImportObject(),
  'arcjet:redact/custom-redact': { detectSensitiveInfo: unused, redactSensitiveInfo: unused },
};
const modules = new Map();
const core = async (path) => {
  if (!modules.has(path)) modules.set(path, WebAssembly.compile(readFileSync(resolve(out, path))));
  return modules.get(path);
};
async function each(times, f) {
  const all = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await f();
    all.push(performance.now() - began);
  }
  return Math.min(...all);
}

const began = process.cpuUsage();
const instance = await instantiate(core, imports);
const used = process.cpuUsage(began);
const first = (used.user + used.system) / 1000;
const again = await each(5, () => instantiate(core, imports));
const options = { skipCustomDetect: true, skipCustomRedact: true };
const call = instance.redact
  ? () => instance.redact('write to me@example.com or call 555-123-4567', options)
  : () => instance.text.upper('hello, world');
const times = [];
for (let i = 0; i < 300; i++) {
  const began = performance.now();
  call();
  times.push(performance.now() - began);
}
const memory = Number(/VmHWM:\s*([0-9]+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) >> 10;
console.log(JSON.stringify({ component: name, where: 'jco 1.35.0, node', first_ms: first, again_ms: again, call_us: 1000 * Math.min(...times), memory_mb: memory }));
