import math
log = []
def show(f, *args, **kw):
  try:
    print(f.__name__, f(*args, **kw))
  except BaseException as e:
    print(f.__name__, type(e).__name__, e)

def finally_return(n):
  try:
    if n == 0: return 'returned'
    if n == 1: raise ValueError('one')
    if n == 2: return 1 // 0
    return 'end'
  except ZeroDivisionError as e:
    return 'zero ' + str(e)
  else:
    return 'never'
  finally:
    log.append(n)
for n in range(4): show(finally_return, n)
print(log)

def override():
  try:
    return 1
  finally:
    return 2
show(override)

def loops():
  out = []
  for i in range(5):
    try:
      if i == 1: continue
      if i == 3: break
      out.append(i)
    finally:
      out.append('f' + str(i))
  else:
    out.append('else')
  for i in range(2):
    pass
  else:
    out.append('done')
  while True:
    try:
      break
    finally:
      out.append('w')
  n = 0
  while n < 3:
    n += 1
    if n == 2: continue
  else:
    out.append(n)
  return out
show(loops)

def nested():
  out = []
  try:
    try:
      raise KeyError('k')
    except ValueError:
      out.append('no')
    finally:
      out.append('inner')
  except LookupError as e:
    out.append(repr(e))
    try:
      raise
    except KeyError as f:
      out.append(f is e)
  out.append('e' in locals_())
  return out
def locals_(): return []
show(nested)

def unbound_after():
  try:
    raise ValueError('x')
  except ValueError as e:
    pass
  return e
show(unbound_after)
def unbound(flag):
  if flag: x = 1
  return x
show(unbound, True)
show(unbound, False)
def deleted():
  x = 1
  del x
  return x
show(deleted)
def unbound_cell():
  def g(): return y
  r = g()
  y = 1
  return r
show(unbound_cell)
def no_such(): return undefined_name
show(no_such)
def augmented_unbound():
  z += 1
show(augmented_unbound)

class Manager:
  def __init__(self, swallow): self.swallow = swallow
  def __enter__(self):
    log.append('enter')
    return self
  def __exit__(self, kind, value, tb):
    log.append(('exit', kind and kind.__name__, str(value)))
    return self.swallow
def with_(swallow, fail):
  with Manager(swallow) as m, Manager(False):
    if fail: raise RuntimeError('in with')
    return m.swallow
  return 'after'
for s in [True, False]:
  for f in [True, False]:
    show(with_, s, f)
print(log)

def reraise():
  try:
    try:
      [][0]
    except IndexError:
      raise
  except IndexError as e:
    return 'again ' + str(e)
show(reraise)
def raise_from():
  try:
    raise ValueError('a') from KeyError('b')
  except ValueError as e:
    return repr(e.__cause__)
show(raise_from)
def raise_class(): raise StopIteration
show(raise_class)
def raise_bad(): raise 5
show(raise_bad)
def catch_bad():
  try:
    raise ValueError
  except 5:
    pass
show(catch_bad)
def assert_(v): assert v, 'message ' + str(v)
show(assert_, 1)
show(assert_, 0)
def assert2(): assert(False)
show(assert2)

def chained(a, b, c): return a < b < c, a == b != c, not a < b > c
show(chained, 1, 2, 3)
show(chained, 3, 2, 1)
calls = []
def val(x):
  calls.append(x)
  return x
print(val(1) < val(0) < val(5), calls, val(0) or val('') or val('x'), val(1) and val(0) and val(2), calls)
print([1 if x else 2 for x in [0, 1]])

def params(a, b = 2, *args, c, d = 4, **kw): return (a, b, args, c, d, kw)
show(params, 1, c = 3)
show(params, 1, 2, 3, 4, c = 5, e = 6)
show(params)
show(params, 1)
show(params, 1, c = 1, a = 2)
def posonly(a, /, b): return a, b
show(posonly, 1, b = 2)
show(posonly, a = 1, b = 2)
def two(a, b): pass
show(two, 1)
show(two, 1, 2, 3)
show(two)
show(two, 1, 2, c = 3)
def none(): pass
show(none, 1)
def deflt(x = []):
  x.append(1)
  return x
show(deflt)
show(deflt)
args = [1, 2]
print(params(*args, c = 0, **{'z': 1}))
show(lambda: params(*args, c = 0, **{'c': 1}))

def counter():
  n = 0
  def inc():
    nonlocal n
    n += 1
    return n
  return inc
c = counter()
print(c(), c(), c())
g = 0
def set_global():
  global g
  g += 5
set_global()
print(g)
if (n := 10) > 5: print(n)
print([y := 5, y ** 2], [last := x for x in range(3)], last)
fs = [lambda x = i: x * i for i in range(3)]
print([f() for f in fs])

def gen(n):
  try:
    for i in range(n):
      got = yield i
      if got: log.append(got)
  finally:
    log.append('gen done')
  return 'value'
print(list(gen(3)), sum(gen(4)), [*gen(2)])
it = gen(2)
print(next(it), it.send('sent'), next(it, 'default'), log[-2:])
show(lambda: next(gen(0)))
def raising():
  yield 1
  raise ValueError('gen')
show(lambda: list(raising()))
def stops():
  yield 1
  raise StopIteration
show(lambda: list(stops()))
print({k: v for k, v in zip('ab', [1, 2])}, {x % 3 for x in range(9)}, [(a, b) for a in range(3) if a for b in range(a)])
print(max(x * x for x in [1, -3]), any(x > 1 for x in [1, 2]), list(x for x in (y + 1 for y in range(3))))

def recurse(n): return 0 if n == 0 else 1 + recurse(n - 1)
show(recurse, 900)
show(recurse, 5000)
nest = []
for _ in range(3000): nest = [nest]
show(lambda: nest == [[]])
def same():
  a = b = [1]
  return a is b, a is not [1], None is None
show(same)
