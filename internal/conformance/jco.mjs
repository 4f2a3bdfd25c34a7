// Runs plans under jco, in two parts: node jco.mjs transpile WORK <plans has jco turn the components of many plans, one a line, into JavaScript
// below WORK, which is below the folder of the packages; node jco.mjs run WORK <plan runs one of them. It writes an answer a step, a line
// of JSON each, as it goes.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [part, work] = process.argv.slice(2);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const lines = Buffer.concat(chunks).toString().split('\n').filter((line) => line);

const failed = (stage, e) => ({ stage, error: String(e?.message ?? e?.payload ?? e), class: e?.constructor?.name ?? typeof e });
const folder = (plan, i) => join(work, plan.name.replaceAll('/', '-'), `c${i}`);

if (part === 'transpile') {
  const { transpileBytes } = await import('@bytecodealliance/jco-transpile');
  for (const plan of lines.map((line) => JSON.parse(line))) {
    // A function that waits must be named, also one that the component lifts without async.
    const asyncExports = [...new Set(plan.steps.map((s) => s.export).filter((name) => name))];
    for (const [i, s] of plan.steps.entries()) {
      const at = folder(plan, i);
      if (!s.binary || s.core || existsSync(join(at, 'done'))) continue;
      await mkdir(at, { recursive: true });
      try {
        const { files } = await transpileBytes(Buffer.from(s.binary, 'base64'), { name: 'component', outDir: at, instantiation: 'async', asyncMode: 'jspi', asyncExports, emitTypescriptDeclarations: false });
        for (const [name, data] of Object.entries(files)) {
          await mkdir(dirname(name), { recursive: true });
          await writeFile(name, data);
        }
        await writeFile(join(at, 'done'), '');
      } catch (e) {
        await writeFile(join(at, 'done'), JSON.stringify(failed('transpile', e)));
        // jco itself has trapped: it is not asked again in this process.
        if (e instanceof WebAssembly.RuntimeError) process.exit(3);
      }
    }
  }
  process.exit(0);
}

const plan = JSON.parse(lines[0]);
let answered = 0;
const answer = (a) => { answered++; writeSync(1, JSON.stringify(a) + '\n'); };
// What waits for nothing that can happen is never done: node then ends, and says so first.
process.once('beforeExit', () => { if (answered < plan.steps.length) { answer({ stage: 'call', error: 'the promise is never settled', class: 'Pending' }); process.exit(0); } });
// A trap outside of the promise that was awaited is that of the step that runs.
const loose = [];
for (const event of ['unhandledRejection', 'uncaughtException']) process.on(event, (e) => loose.push(e));

const camel = (name) => name.replace(/[-:/.]+([a-z0-9])/g, (_, c) => c.toUpperCase());

function toJS(v) {
  const payload = (f) => (f.value ? toJS(f.value) : undefined);
  switch (v.kind) {
    case 'bool': return v.bool ?? false;
    case 'u64': case 's64': return BigInt(v.text);
    case 'str': case 'char': case 'enum': return v.text ?? '';
    case 'flags': return Object.fromEntries((v.labels ?? []).map((l) => [camel(l), true]));
    case 'map': return new Map((v.values ?? []).map((e) => e.values.map(toJS)));
    case 'list': case 'tuple': return (v.values ?? []).map(toJS);
    case 'record': return Object.fromEntries(v.fields.map((f) => [camel(f.label), toJS(f.value)]));
    case 'variant': return { tag: v.fields[0].label, val: payload(v.fields[0]) };
    case 'option': return v.fields[0].label === 'none' ? undefined : payload(v.fields[0]);
    case 'result': return { tag: v.fields[0].label, val: payload(v.fields[0]) };
    default: return Number(v.text);
  }
}

// like gives x, a value of JavaScript's, in the form that want has. What has another form stays as it is.
function like(want, x) {
  if (x === undefined && want.kind === 'option') return { kind: 'option', fields: [{ label: 'none' }] };
  const number = (n) => (Object.is(n, -0) ? '-0' : String(n));
  const field = (w, label, val) => (val === undefined && !w?.value ? { label } : { label, value: like(w?.value ?? {}, val) });
  switch (want.kind) {
    case 'bool': return { kind: 'bool', bool: x };
    case 'str': case 'char': case 'enum': return { kind: want.kind, text: x };
    case 'flags': return { kind: 'flags', labels: (want.labels ?? []).concat(Object.keys(x).map((k) => k)).filter((l, i, all) => all.findIndex((m) => camel(m) === camel(l)) === i && x[camel(l)]) };
    case 'map': case 'list': case 'tuple': {
      const all = [...x].map((e, i) => like(want.kind === 'map' ? { kind: 'tuple', values: want.values?.[i]?.values } : want.values?.[i] ?? want.values?.[0] ?? {}, e));
      return { kind: want.kind, values: all };
    }
    case 'record': return { kind: 'record', fields: want.fields.map((f) => ({ label: f.label, value: like(f.value, x[camel(f.label)]) })) };
    case 'variant': return { kind: 'variant', fields: [field(x.tag === want.fields[0].label ? want.fields[0] : {}, x.tag, x.val)] };
    case 'result': return { kind: 'result', fields: [field(want.fields[0], x.tag === 'err' ? 'err' : x.tag, x.val)] };
    case 'option': return { kind: 'option', fields: [{ label: 'some', value: like(want.fields[0].value ?? {}, x) }] };
    case undefined: return { kind: typeof x, text: String(x) };
    default: return { kind: want.kind, text: number(want.kind === 'f32' ? Math.fround(x) : x) };
  }
}

const instances = [];

// define reads what was transpiled of a step's component, or why it was not.
async function define(i) {
  const at = folder(plan, i);
  if (!plan.steps[i].binary) return { failed: failed('transpile', new Error('an empty binary')) };
  const said = await readFile(join(at, 'done'), 'utf8');
  if (said) return { failed: JSON.parse(said) };
  const core = async (name) => WebAssembly.compile(await readFile(join(at, name)));
  try {
    return { module: await import(pathToFileURL(join(at, 'component.js'))), core };
  } catch (e) {
    return { failed: failed('import', e) };
  }
}

async function instantiate(i, s) {
  const made = await define(s.of);
  if (made.failed) return made.failed;
  const imports = {};
  for (const [name, of] of Object.entries(s.imports ?? {})) imports[name] = instances[of];
  try {
    instances[i] = await made.module.instantiate(made.core, imports);
    return {};
  } catch (e) {
    return failed('instantiate', e);
  }
}

async function call(s) {
  const instance = instances[s.of];
  if (!instance) return { skipped: 'no instance' };
  const f = instance[camel(s.export)] ?? instance[s.export];
  if (!f) return failed('call', new Error(`no export ${s.export}`));
  let x;
  try {
    x = await f(...(s.args ?? []).map(toJS));
  } catch (e) {
    return failed('call', e);
  }
  // jco gives what a result holds, and throws the payload of an error.
  const want = s.want ?? [];
  if (want.length === 0) return { returned: x === undefined ? [] : [{ kind: typeof x, text: String(x) }] };
  return { returned: [like(want[0], want[0].kind === 'result' && x?.tag === undefined ? { tag: 'ok', val: x } : x)] };
}

async function step(i, s) {
  if (s.core || s.refused) return { skipped: 'a core module, or text that is refused' };
  switch (s.kind) {
    case 'component definition': case 'assert_malformed': case 'assert_invalid': {
      const made = await define(i);
      return made.failed ?? {};
    }
    case 'component': case 'component instance': case 'assert_unlinkable': return instantiate(i, s);
    case 'assert_trap': return s.binary ? instantiate(i, s) : call(s);
    case 'assert_return': case 'invoke': return call(s);
    case 'register': return {};
    default: return { skipped: s.kind };
  }
}

for (let i = 0; i < plan.steps.length; i++) {
  let a = await step(i, plan.steps[i]);
  await new Promise((done) => setImmediate(done));
  if (loose.length > 0 && !a.error) a = failed('call', loose[0]);
  loose.length = 0;
  answer(a);
}
process.exit(0);
