// Streams and futures, taken and made, and both ends of a stream in one program.
class Pipe {
  constructor() { this.all = []; }
  push(x) { return this.all.push(x); }
}
async function* count(n) { for (let i = 0; i < n; i++) yield i; }
async function add(xs) { let sum = 0; for await (const x of xs) sum += x; return sum; }
export const work = {
  Pipe,
  numbers: async (n) => count(n),
  add,
  doubled: async (xs) => (async function* () { for await (const x of xs) yield 2 * x; })(),
  later: async (s) => wit.Future.from(`${s}, later`, wit.Future.STRING).readable,
  read: async (f) => await f.read(),
  async loop(n) {
    const { readable, writable } = wit.Stream(wit.Stream.U32);
    const sent = (async () => { for (let i = 0; i < n; i++) await writable.writeOne(i); writable.drop(); })();
    const sum = await add(readable);
    await sent;
    return sum;
  },
};
