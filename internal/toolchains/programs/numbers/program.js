// Every kind of number, the ends of their ranges among them, and more parameters than a core function may have.
const same = (x) => x;
const add = (x, y) => (x + y) | 0;
export const numbers = {
  not: (x) => !x,
  asU8: same, asS8: same, asU16: same, asS16: same, asU32: same, asS32: same, asU64: same, asS64: same,
  asF32: same, asF64: same, asChar: same,
  add,
  sum: (xs) => [...xs].reduce(add, 0) >>> 0,
  mean: (xs) => (xs.length === 0 ? null : [...xs].reduce((a, b) => a + b, 0) / xs.length),
  many: (...xs) => xs.reduce((sum, x) => sum + (typeof x === 'string' ? x.codePointAt(0) : Number(x)), 0),
  divide(x, y) {
    if (y === 0) throw undefined;
    return Math.trunc(x / y);
  },
};
