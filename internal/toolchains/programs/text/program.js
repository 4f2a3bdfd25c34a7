// Strings, and lists, options and results of them.
export const text = {
  upper: (s) => s.toUpperCase(),
  join: (parts, by) => parts.join(by),
  split: (s, by) => s.split(by),
  length: (s) => s.length,
  chars: (s) => [...s],
  first: (s) => [...s][0] ?? null,
  reverse: (s) => [...s].reverse().join(''),
  count(words) {
    const counts = new Map();
    for (const w of words) counts.set(w, (counts.get(w) ?? 0) + 1);
    return [...counts];
  },
  bytes: (s) => new Uint8Array([...s].map((c) => c.codePointAt(0) & 255)),
  parse(s) {
    if (!/^-?[0-9]+$/.test(s)) throw `${s} is no number`;
    return Number(s);
  },
};
