// Makes a component of a program: node build.mjs TOOLCHAIN PROGRAM OUT. It stands beside the packages and the programs.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { componentize as starlingmonkey } from '@bytecodealliance/componentize-js';
import { componentize as quickjs } from 'componentize-qjs';

const [toolchain, name, out] = process.argv.slice(2);
const sourcePath = resolve('programs', name, 'program.js');
const witPath = resolve('programs', name, `${name}.wit`);
const isAsync = ['later', 'pipes'].includes(name);
// Without these features, a program of StarlingMonkey's imports nothing of WASI.
const features = ['stdio', 'random', 'clocks', 'http', 'fetch-event'];

const toolchains = {
  starlingmonkey: () => starlingmonkey({
    sourcePath, witPath, worldName: 'program', disableFeatures: name === 'printing' ? ['http', 'fetch-event'] : features,
  }),
  quickjs: async () => quickjs({
    witPath, jsPath: sourcePath, jsSource: await readFile(sourcePath, 'utf8'), world: 'program', sync: !isAsync, optSize: true,
  }),
};

const { component } = await toolchains[toolchain]();
await mkdir(dirname(out), { recursive: true });
await writeFile(out, component);
