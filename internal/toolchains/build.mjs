// Makes components of the programs, with every toolchain that can: node build.mjs PROGRAMS OUT. It stands beside the packages.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { componentize as starlingmonkey } from '@bytecodealliance/componentize-js';
import { componentize as quickjs } from 'componentize-qjs';

const [programs, out] = process.argv.slice(2).map((p) => resolve(p));

// Programs that say async or stream in their WIT are for QuickJS alone, the other toolchain knows neither.
const only = { later: ['quickjs'], pipes: ['quickjs'] };
// With these features, a program of StarlingMonkey's needs WASI.
const needsWASI = new Set(['printing']);

const toolchains = {
  async starlingmonkey(dir, name) {
    const disableFeatures = needsWASI.has(name) ? ['http', 'fetch-event'] : ['stdio', 'random', 'clocks', 'http', 'fetch-event'];
    return (await starlingmonkey({ sourcePath: join(dir, 'program.js'), witPath: join(dir, `${name}.wit`), worldName: 'program', disableFeatures })).component;
  },
  async quickjs(dir, name) {
    const jsPath = join(dir, 'program.js');
    const jsSource = await readFile(jsPath, 'utf8');
    return (await quickjs({ witPath: join(dir, `${name}.wit`), jsSource, jsPath, world: 'program', sync: !only[name], optSize: true })).component;
  },
};

await mkdir(out, { recursive: true });
for (const name of (await readdir(programs)).sort()) {
  for (const [toolchain, make] of Object.entries(toolchains)) {
    if (only[name] && !only[name].includes(toolchain)) continue;
    const file = `${toolchain}-${name}.wasm`;
    try {
      await writeFile(join(out, file), await make(join(programs, name), name));
      console.log(file);
    } catch (e) {
      console.log(file, 'FAILED', e.message ?? e);
      process.exitCode = 1;
    }
  }
}
