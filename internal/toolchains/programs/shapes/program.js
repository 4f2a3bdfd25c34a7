// Records, tuples, variants, enums, flags, options and results, one in the other.
const point = (x, y) => ({ x, y });
const points = {
  dot: () => [],
  circle: (r) => [point(-r, -r), point(r, r)],
  segment: (s) => s,
  named: (l) => [l.at],
  many: (ps) => ps,
};
const colors = ['red', 'green', 'blue'];
export const shapes = {
  move: (p, [dx, dy]) => point(p.x + dx, p.y + dy),
  next: (c) => colors[(colors.indexOf(c) + 1) % 3],
  toggle: (s) => ({ bold: !s.bold, thin: !s.thin, dotted: !s.dotted }),
  describe: (s) => (s.tag === 'named' ? `${s.val.text}/${s.val.size ?? 'none'}` : `${s.tag}: ${JSON.stringify(s.val ?? null)}`),
  box(s) {
    const ps = points[s.tag](s.val);
    if (ps.length === 0) throw `a ${s.tag} has no box`;
    const xs = ps.map((p) => p.x), ys = ps.map((p) => p.y);
    return [point(Math.min(...xs), Math.min(...ys)), point(Math.max(...xs), Math.max(...ys))];
  },
  grow(s) {
    switch (s.tag) {
      case 'dot': return { tag: 'circle', val: 1 };
      case 'circle': return { tag: 'segment', val: [point(0, 0), point(s.val, s.val)] };
      case 'segment': return { tag: 'named', val: { text: 'a segment', at: s.val[1], size: 7 } };
      case 'named': return { tag: 'many', val: [s.val.at, point(s.val.size ?? -1, 0)] };
      default: return { tag: 'dot' };
    }
  },
  pair: (a, b) => [a, b],
  check(r) {
    if (r.tag === 'err' && r.val === 'blue') throw 'blue';
    return r;
  },
  grid: (rows, columns) => Array.from({ length: rows }, (_, y) => Array.from({ length: columns }, (_, x) => point(x, y))),
  palette: (all) => [...all].reverse(),
};
