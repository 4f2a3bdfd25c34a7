// Resources of the program's own that keep resources of the host's, and each other.
import * as host from 'local:wrappers/host';
class Connection {
  constructor(address) { this.inner = address === null ? null : new host.Socket(address); }
  send(s) { return this.inner.send(s); }
  static over(s) { const c = new Connection(null); c.inner = s; return c; }
  socket() { const s = this.inner; this.inner = new host.Socket('again'); return s; }
}
class Session {
  constructor(c) { this.c = c; this.said = 0; }
  say(s) { this.said += this.c.send(s); return `${this.c.inner.address()} ${this.said}`; }
  static end(s) { return s.c; }
}
export const work = {
  Connection,
  Session,
  talk: (c, s) => `${c.inner.address()} ${s.address()} ${c.send('hello') + s.send('there')}`,
};
