// Async functions that wait for promises: for one, for the first and for all, and a resource with an async method.
const turns = async (n) => { for (let i = 0; i < n; i++) await null; return n; };
class Timer {
  constructor(n) { this.n = n; }
  async wait() { while (this.n > 0) { await null; this.n--; } return 'over'; }
  left() { return this.n; }
}
export const work = {
  Timer,
  async now(s) { await null; return `${s}!`; },
  all: async (xs) => await Promise.all([...xs].map(turns)),
  race: async (xs) => await Promise.race([...xs].map(turns)),
  async order(xs) {
    const seen = [];
    await Promise.all([...xs].map(async (x) => { seen.push(await turns(x)); }));
    return seen;
  },
  async fail(s) { await null; throw s; },
  async both(a, b) { const [x, y] = await Promise.all([a.wait(), b.wait()]); return `${x} and ${y}`; },
};
