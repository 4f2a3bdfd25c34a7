// Two resources of the program's own, taken as owned and borrowed handles, alone and in lists, results and tuples.
class Counter {
  constructor(start) { this.n = start; }
  next() { return ++this.n; }
  value() { return this.n; }
  static merged(a, b) { return new Counter(a.n + b.n); }
}
class Log {
  constructor(name) { this.name = name; this.all = []; }
  write(line) { return this.all.push(`${this.name}: ${line}`); }
  lines() { return this.all; }
  watch(c) { this.write(`at ${c.next()}`); return this.all.at(-1); }
}
const total = (cs) => cs.reduce((sum, c) => sum + c.n, 0);
export const counters = {
  Counter,
  Log,
  make: (n) => Array.from({ length: n }, (_, i) => new Counter(i)),
  total,
  finish: total,
  maybe(n) {
    if (n % 2) throw `${n} is odd`;
    return new Counter(n);
  },
  note(c, l) {
    l.write(`${c.value()}`);
    return l.lines().join(', ');
  },
  open: (name, n) => [new Log(name), new Counter(n)],
};
