// Functions of the host, called with values of many types.
import * as calls from 'local:host/calls';
export const work = {
  question: (q) => JSON.stringify(calls.ask(q), (_, v) => (typeof v === 'bigint' ? Number(v) : v)),
  pass: (q) => calls.ask(q),
  fourTimes: (x) => calls.twice(calls.twice(x)),
  keep: (keys) => keys.map((key, i) => calls.store({ key, value: i % 2 ? BigInt(i) : null })),
  dump: () => calls.all(),
};
