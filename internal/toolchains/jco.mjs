// Holds sessions with a component that jco has transpiled, for package toolchains, which has the types and the host: it writes requests on
// descriptor 3, as lines of JSON, and reads answers from descriptor 4. node jco.mjs transpile COMPONENT FILE transpiles, and
// node jco.mjs HOW COMPONENT runs, as it is, or changed to see why it does what it does. It stands beside the packages.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [how, name, file] = process.argv.slice(2);
const out = resolve('sessions', name);
if (how === 'transpile') {
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
const { WASIShim } = await import('@bytecodealliance/preview2-shim/instantiation');
const changes = {
  'as-it-is': (code) => code,
  // The indices of handles begin at 1001, and nothing else is different.
  shifted: (code) => code.replace(/^( *const handleTable\d+ = )\[T_FLAG, 0\];$/mg, '$1[T_FLAG, 0, ...Array(2000).fill(0)];'),
  // A resource that is disposed of drops its own handle, where it is of a list too.
  disposing: (code) => code.replace(
    /(rscTableRemove\(handleTable\d+, )handle\d+(\);\s*)rsc\d+(\[symbolDispose\] = emptyFunc;\s*)rsc\d+(\[symbolRscHandle\] = undefined;)/g,
    '$1this[symbolRscHandle]$2this$3this$4'),
};
const changed = resolve(out, `program-${how}.js`);
writeFileSync(changed, changes[how](readFileSync(resolve(out, 'program.js'), 'utf8')));
const { instantiate } = await import(pathToFileURL(changed));

let pending = Buffer.alloc(0);
function read() {
  const chunk = Buffer.alloc(1 << 16);
  for (;;) {
    const end = pending.indexOf('\n');
    if (end >= 0) {
      const line = pending.toString('utf8', 0, end);
      pending = pending.subarray(end + 1);
      return JSON.parse(line);
    }
    const n = readSync(4, chunk);
    if (n === 0) process.exit();
    pending = Buffer.concat([pending, chunk.subarray(0, n)]);
  }
}
const write = (message) => {
  const line = Buffer.from(JSON.stringify(message) + '\n');
  for (let at = 0; at < line.length;) at += writeSync(3, line, at);
};

const dispose = Symbol.dispose || Symbol.for('dispose');
const camel = (s) => s.replace(/-([a-z0-9])/g, (_, c) => c.toUpperCase());
const upperCamel = (s) => camel(`-${s}`);

let objects, classes; // of a session: the program's resources, and the host's classes
const kept = []; // the resources of all sessions: node drops one that nothing refers to, whenever it collects garbage
const arrays = {
  u8: Uint8Array, s8: Int8Array, u16: Uint16Array, s16: Int16Array, u32: Uint32Array, s32: Int32Array,
  u64: BigUint64Array, s64: BigInt64Array, f32: Float32Array, f64: Float64Array,
};
function decode(v) {
  if (Array.isArray(v)) return v.map(decode);
  if (v === null || typeof v !== 'object') return v === null ? undefined : v;
  switch (v.$) {
    case 'number': return Number(v.v);
    case 'bigint': return BigInt(v.v);
    case 'array': return arrays[v.of].from(v.v.map(decode));
    case 'object': return objects[v.v];
    case 'host': return made(v.of, v.v);
  }
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, decode(x)]));
}
function made(of, rep) {
  const resource = Object.create(classes[of].prototype);
  resource.rep = rep;
  return resource;
}
function encode(v) {
  switch (typeof v) {
    case 'undefined': return null;
    case 'number': return { $: 'number', v: Object.is(v, -0) ? '-0' : String(v) };
    case 'bigint': return { $: 'bigint', v: String(v) };
    case 'object': break;
    default: return v;
  }
  if (v === null) return null;
  if (Array.isArray(v) || ArrayBuffer.isView(v)) return Array.from(v, encode);
  if (v.constructor?.of) return { $: 'host', of: v.constructor.of, v: v.rep };
  if (Object.getPrototypeOf(v) !== Object.prototype) return { $: 'object', v: objects.push(v) - 1 };
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, encode(x)]));
}

function ask(message) {
  write(message);
  const answer = read();
  if (answer.trap !== undefined) throw new Error(answer.trap);
  if ('err' in answer) throw { payload: decode(answer.err) };
  return decode(answer.ok);
}
const ofHost = (function_) => (...args) => ask({ host: function_, args: args.map(encode) });

// hostImports are the imports that the other side gives: functions and resource types, by their names.
function hostImports(names) {
  const imports = {};
  classes = {};
  const classOf = (iface, resource) => classes[`${iface}#${resource}`] ??= imports[iface][upperCamel(resource)] = class {
    static of = `${iface}#${resource}`;
    constructor(...args) { this.rep = ask({ host: `${iface}#[constructor]${resource}`, args: args.map(encode) }).rep; }
    [dispose]() { ask({ dropped: `${iface}#${resource}`, rep: this.rep }); }
  };
  for (const full of names) {
    const [iface, function_] = full.split('#');
    imports[iface] ??= {};
    const [, kind, resource, method] = /^\[(constructor|method|static)\]([^.]*)(?:\.(.*))?$/.exec(function_) ?? [];
    switch (kind) {
      case 'constructor': classOf(iface, resource); break;
      case 'method': classOf(iface, resource).prototype[camel(method)] = function (...args) { return ofHost(full)(this, ...args); }; break;
      case 'static': classOf(iface, resource)[camel(method)] = ofHost(full); break;
      default: imports[iface][camel(function_)] = ofHost(full);
    }
  }
  return imports;
}

function call(instance, full, args) {
  const [function_, iface] = full.split('#').reverse();
  const scope = iface === undefined ? instance : instance[iface];
  const [, kind, resource, method] = /^\[(constructor|method|static)\]([^.]*)(?:\.(.*))?$/.exec(function_) ?? [];
  switch (kind) {
    case 'constructor': return new scope[upperCamel(resource)](...args);
    case 'method': return args[0][camel(method)](...args.slice(1));
    case 'static': return scope[upperCamel(resource)][camel(method)](...args);
  }
  return scope[camel(function_)](...args);
}

const modules = new Map();
const core = async (path) => {
  if (!modules.has(path)) modules.set(path, WebAssembly.compile(readFileSync(resolve(out, path))));
  return modules.get(path);
};
async function answer(f) {
  try {
    return { ok: await f() };
  } catch (e) {
    return e?.constructor?.name === 'ComponentError' ? { err: encode(e.payload) } : { trap: `${e?.name}: ${e?.message}` };
  }
}

let instance;
for (;;) {
  const { session, function: function_, args, drop } = read();
  write(await answer(async () => {
    if (session) {
      kept.push(objects = []);
      instance = await instantiate(core, { ...new WASIShim().getImportObject(), ...hostImports(session) });
    } else if (drop !== undefined) {
      decode(drop)[dispose]();
    } else {
      return encode(await call(instance, function_, args.map(decode)));
    }
  }));
}
