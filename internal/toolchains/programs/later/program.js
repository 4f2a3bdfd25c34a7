// Async functions: of the host's that return later, of the program's that wait for one or for several.
import * as host from 'local:later/host';
export const work = {
  async now(s) { await null; return `${s}!`; },
  async one(x) { return (await host.slow(x)) + 1; },
  async all(xs) { return await Promise.all([...xs].map((x) => host.slow(x))); },
  async race(a, b) { return await Promise.race([host.fetch(a), host.fetch(b)]); },
  async load(name) { return await host.fetch(name); },
  async order(xs) {
    const seen = [];
    await Promise.all([...xs].map(async (x) => { seen.push(await host.slow(x)); }));
    return seen;
  },
};
