// Two resources of the host's. The program keeps some of them between calls, gives some away, and drops others.
import * as host from 'local:files/host';
const files = [], locks = [];
export const work = {
  open(name) { const f = new host.File(name); files.push(f); return f.name(); },
  acquire() { const l = new host.Lock(); locks.push(l); return l.held(); },
  names: () => files.map((f) => f.name()),
  locks: () => locks.map((l) => l.held()),
  close: (i) => host.close(files.splice(i, 1)[0]),
  unlock(i) { locks.splice(i, 1)[0][Symbol.dispose](); },
  pairs: () => files.flatMap((f) => locks.map((l) => host.same(f, l))),
  take(f) { files.push(f); return f.read() ?? 'nothing'; },
  look: (f, l) => `${f.name()} ${l.held()}`,
  give: (i) => files.splice(i, 1)[0],
  giveLock: (i) => locks.splice(i, 1)[0],
  find(name) { const f = host.find(name); files.push(f); return f.name(); },
  both() { const [f, l] = host.both(); files.push(f); locks.push(l); return host.same(f, l); },
};
