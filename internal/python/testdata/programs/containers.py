def show(f):
  try:
    print(repr(f()))
  except BaseException as e:
    print(type(e).__name__, e)

l = [1, 2, 3, 4, 5]
for i in [0, 4, -1, -5, 5, -6, True]:
  show(lambda: l[i])
for lo in [None, 0, 2, -2, 7, -9]:
  for hi in [None, 0, 3, -1, 9]:
    for st in [None, 1, 2, -1, -2]:
      show(lambda: (l[lo:hi:st], (1, 2, 3)[lo:hi:st], 'hello'[lo:hi:st], b'hello'[lo:hi:st], list(range(10)[lo:hi:st])))
show(lambda: l[::0])
show(lambda: l['a'])
show(lambda: l[1.0])
def edit(f):
  x = [0, 1, 2, 3, 4, 5]
  f(x)
  return x
def a1(x): x[1:3] = 'abc'
def a2(x): x[::2] = [7, 8, 9]
def a3(x): x[::2] = [7]
def a4(x): del x[1:4]
def a5(x): del x[0], x[-1]
def a6(x): x[5:2] = [9]
def a7(x): x[10] = 1
def a8(x): x += (1, 2)
def a9(x): x *= 2
def b1(x): x.insert(-1, 'i'); x.insert(100, 'e')
def b2(x): x.remove(3); x.reverse()
def b3(x): x.remove(33)
def b4(x): x.sort(key = lambda v: -v)
def b5(x): print(x.pop(), x.pop(0), x.pop(-2), x.index(1), x.count(1))
def b6(x): x.extend(range(2)); x.extend(x)
def b7(x): x[1:3] = 5
def b8(x): x.pop(17)
def b9(x): x.clear(); x.pop()
for f in [a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2, b3, b4, b5, b6, b7, b8, b9]:
  show(lambda: edit(f))
d = {'a': 1, 2: 'b', (1, 2): None, None: 3}
show(lambda: d)
show(lambda: d['x'])
show(lambda: d[[]])
show(lambda: {1: 'int', 1.0: 'float', True: 'bool'})
show(lambda: {**d, 'a': 9, 'z': 0})
show(lambda: (d.get('a'), d.get('q'), d.get('q', 5), 'a' in d, len(d)))
show(lambda: (list(d), list(d.keys()), list(d.values()), list(d.items())))
show(lambda: (d | {'a': 0}, {'x': 1} == {'x': 1.0}, {'x': 1} != {'y': 1}))
def d1(x): x['new'] = 1; del x['a']; x['a'] = 2; x.update({'u': 1}); x.setdefault('u', 7); x.pop(2)
def d2(x):
  for k in x: x[k + k] = 1
def d3(x): del x['nope']
def d4(x): x.pop('nope')
def dedit(f):
  x = {'a': 1, 2: 'b', 'c': 3}
  f(x)
  return x
for f in [d1, d2, d3, d4]:
  show(lambda: dedit(f))
show(lambda: dict(a = 1, b = 2))
show(lambda: dict([('k', 'v'), (1, 2)]))
show(lambda: dict([(1, 2, 3)]))
# the order of sets of numbers
def orders():
  yield {3, 1, 2}
  yield {10, 8, 0, 16, 1}
  yield set(range(20)) - {3, 17}
  yield {100, 200, 300, 5, 7, 8, 9}
  yield {-1, -2, 1, 2}
  yield {1.5, 2.5, 0.1, 7}
  yield {2 ** 61, 2 ** 70, 5, -2 ** 65}
  yield {True, 0, 3, 8}
  s = {5, 6, 7}
  s.add(21)
  s.discard(6)
  s.add(13)
  s.add(29)
  yield s
  yield s | {40, 50, 60, 70}
  yield s & {5, 7, 9, 13}
  yield s ^ {5, 99}
  yield {x * 37 % 101 for x in range(30)}
  yield set([33, 65, 1, 97]) | {2}
  t = set()
  for i in range(40):
    t.add(i * 7)
  for i in range(0, 40, 3):
    t.remove(i * 7)
  yield t
  yield t.copy()
  t |= {1000, 1001}
  yield t
for s in orders():
  print(list(s), len(s))
show(lambda: {1, 2} <= {1, 2, 3} and {1} < {1, 2} and not {1, 4} <= {1, 2})
show(lambda: {1, 2} == {2, 1})
show(lambda: {[]})
show(lambda: set().remove(1))
show(lambda: 3 in {1, 2, 3} and 'a' not in {'b'})
show(lambda: list(zip([1, 2], 'ab', range(5))))
show(lambda: list(zip([1, 2], [1], strict = True)))
show(lambda: list(zip([1], [1, 2], strict = True)))
show(lambda: list(zip([1], [1], [1, 2], strict = True)))
show(lambda: list(enumerate('ab', 5)))
show(lambda: list(map(lambda a, b: a * b, [1, 2], [3, 4])))
show(lambda: list(filter(None, [0, 1, '', 'a'])))
show(lambda: list(reversed([1, 2, 3])) + list(reversed(range(0, 10, 3))))
show(lambda: sorted([3, 1, 2], reverse = True) + sorted('hello'))
show(lambda: sorted([(1, 'b'), (0, 'z'), (1, 'a')]))
show(lambda: sorted([1, 'a']))
show(lambda: (any([]), all([]), any([0, 3]), all([1, 0])))
show(lambda: ((1, 2) < (1, 3), (1,) < (1, 0), [1] == [1], (1,) == [1], () == ()))
show(lambda: (1, 2) + (3,) * 2)
show(lambda: tuple([1, 2]) + tuple('ab'))
show(lambda: ((1, 2, 2).count(2), (1, 2).index(2)))
show(lambda: (1, 2).index(5))
show(lambda: (1,)[1])
show(lambda: [[0] * 2] * 2)
show(lambda: list(5))
show(lambda: len(5))
show(lambda: 5[0])
show(lambda: 1 in 5)
show(lambda: (range(3), range(1, 5, 2), list(range(5, 0, -2)), len(range(0, 10, 3)), range(3)[1], range(3)[-1]))
show(lambda: range(1, 2, 0))
show(lambda: range(3)[5])
show(lambda: (range(0) == range(2, 1), range(0, 3, 2) == range(0, 4, 2)))
b = bytearray(b'hello')
b[0] = 72
b[1:3] = b'EL'
b[4:] = b'O!!'
b.append(33)
b += b'?'
b.extend([1, 2])
print(b, len(b), b[0], b[-1], bytes(b[:2]))
show(lambda: b.append(256))
def e1(): b[0] = 256
def e2(): b[99] = 0
def e3(): b[0] = 'a'
def e4(): (1, 2)[0] = 1
def e5(): 'a'[0] = 'b'
for f in [e1, e2, e3, e4, e5]:
  show(f)
def u1(): a, b = [1]; return a
def u2(): a, b = 1, 2, 3; return a
def u3(): a, b = 5; return a
def u4(): a, *b, c = range(5); return (a, b, c)
def u5(): a, *b, c = [1]; return a
def u6(): (a, b), [c, d] = 'xy', {1: 2, 3: 4}; return (a, b, c, d)
def u7(): [x] = {'k': 1}.values(); return x
for f in [u1, u2, u3, u4, u5, u6, u7]:
  show(f)
print([*range(3), *'ab'], (*[1], 2), {*[1, 1]}, [*{}])
