// A program that needs WASI: it prints, looks at clocks and draws numbers.
let lines = 0;
export const work = {
  print(s) { console.log(s); return ++lines; },
  warn(s) { console.error(s); },
  year: () => new Date(Date.now()).getUTCFullYear(),
  draw() { const x = Math.random(); return x >= 0 && x < 1; },
  elapsed() { const t = Date.now(); return Date.now() >= t; },
};
