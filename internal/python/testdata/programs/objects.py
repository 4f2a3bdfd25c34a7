import threading
def show(f, *a):
  try:
    print(f(*a))
  except BaseException as e:
    print(type(e).__name__, e)
# iteration while a list changes
l = [1, 2, 3]
out = []
for x in l:
  out.append(x)
  if x < 3: l.append(x + 10)
  if len(out) > 8: break
print(out)
l = [1, 2, 3, 4]
for x in l:
  l.remove(x)
print(l)
# closures share cells
def make():
  fs = []
  for i in range(3):
    def f(): return i
    fs.append(f)
  return [f() for f in fs]
print(make())
# class scope and comprehension
class A:
  xs = [1, 2]
  ys = [x * 2 for x in xs]
  def m(self): return [self.xs[i] for i in range(len(self.ys))]
print(A.ys, A().m())
def comp_class():
  class B:
    n = 2
    bad = [n for _ in range(2)]
show(comp_class)
# exceptions in __init__, __eq__, __len__
class E:
  def __eq__(self, o): raise KeyError('eq')
show(lambda: E() in [E()])
show(lambda: [E()] == [E()])
show(lambda: [E()].index(3))
class L:
  def __len__(self): return -1
show(lambda: len(L()))
show(lambda: bool(L()))
# default args evaluated once, kwargs order
def kw(**k): return list(k.items())
print(kw(b = 1, a = 2))
# nested functions and recursion through closures
def fact(n):
  def go(k): return 1 if k <= 1 else k * go(k - 1)
  return go(n)
print(fact(20), fact(25))
# generator expression closes over variables late
n = 2
g = (x * n for x in range(3))
n = 10
print(list(g))
def g2():
  r = yield 1
  while r:
    r = yield r * 2
it = g2()
print(next(it), it.send(5), it.send(6))
show(lambda: it.send(0))
# tuple and dict keys
d = {(1, 'a'): 1, (1.0, 'a'): 2, 1: 'x', True: 'y'}
print(d, len(d))
class H:
  pass
h = H()
print({h: 1}[h], h in {h}, len({h, h, H()}))
# str methods on join of generator, nested formats
print(', '.join(str(i) for i in range(3)), '%'.replace('%', 'pct'))
# bool arithmetic, chained assignment
a = b = c = []
a.append(1)
print(b, c is a, True + 2, sum([True, False, True]))
x = [0, 1, 2]
i = 0
i, x[i] = 1, 9
print(i, x)
x, y = 1, 2
x, y = y, x
print(x, y)
# try in loop with return in generator
def gen():
  for i in range(3):
    try:
      yield i
    finally:
      out.append(('closed', i))
print(list(gen()), out[-3:])
def ret():
  for i in range(3):
    try:
      continue
    finally:
      if i == 1: return 'from finally'
print(ret())
def nested_try():
  try:
    try:
      raise ValueError('a')
    finally:
      raise KeyError('b')
  except KeyError as e:
    return 'key ' + str(e)
print(nested_try())
def while_else(n):
  while n:
    n -= 1
    if n == 2: break
  else:
    return 'exhausted'
  return 'broke'
print(while_else(2), while_else(5))
def shadow(len = 3): return len
print(shadow())
def del_cell():
  x = 1
  def f(): return x
  del x
  return f()
show(del_cell)
def arg_cell(a, *args, **kw):
  def f(): return (a, args, kw)
  a = a + 1
  return f()
print(arg_cell(1, 2, k = 3))
def star_only(*, a): return a
show(star_only, 1)
print(star_only(a = 1))
show(lambda: (lambda a, b: 0)(1))
show(lambda: H(1))
show(lambda: H().x)
show(lambda: [].nope)
show(lambda: 'abc'.nope)
show(lambda: None())
show(lambda: {}[1])
show(lambda: [1, 2][2])
show(lambda: int('q'))
show(lambda: {'a': 1}['b'])
show(lambda: (1).x)
show(lambda: iter(5))
show(lambda: next([]))
show(lambda: next(iter([])))
show(lambda: abs('x'))
show(lambda: [1] < [1, 2] < [2] <= [2])
show(lambda: (1, 2) < (1, 'a'))
show(lambda: sorted({3: 1, 1: 2}))
show(lambda: bytes([1, 2]) + bytearray(b'x'))
show(lambda: bytearray(b'x') + bytes([1]))
show(lambda: 'é' < 'z')
show(lambda: isinstance(5, (str, int)))
show(lambda: not [] and not '' and not 0 and not None)
print(*[1, 2], sep = '-', end = '!\n')
