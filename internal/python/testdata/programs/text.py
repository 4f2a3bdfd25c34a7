def show(f):
  try:
    print(ascii_(f()))
  except BaseException as e:
    print(type(e).__name__, ascii_(str(e)))

def ascii_(v):
  return ''.join(c if ord(c) < 127 else '<' + hex(ord(c)) + '>' for c in repr(v))

strings = ['', 'a', 'h\u00e9', '\u0100z', '\ud800', 'a\udc00b', '\ud83d\ude00', '\U0001f600', "it's", 'say "x"', "both ' and \"", '\x00\n\t\r\\\x7f\x85']
for s in strings:
  show(lambda: s)
  show(lambda: len(s))
  show(lambda: [c for c in s])
  show(lambda: s[0])
  show(lambda: s[-1:])
  show(lambda: s[::-1])
  show(lambda: s[1:])
  for enc in ['utf-8', 'utf-16-le', 'latin-1', 'ascii']:
    show(lambda: s.encode(enc))
for b in [b'', b'abc', b'\xc3\xa9', b'\xff', b'\xc3', b'\xe2\x82', b'\xed\xa0\x80', b'\xf0\x9f\x98\x80', b'\xf4\x90\x80\x80', b'a\x80b', b'\xc0\x80', b'\xe2\x28\xa1',
          b'\x00\xd8', b'\x00\xdc', b'\x3d\xd8\x00\xde', b'\x3d\xd8a\x00', b'a', b'a\x00b', b'\x3d\xd8a']:
  show(lambda: b)
  for enc in ['utf-8', 'utf-16-le', 'latin-1', 'ascii']:
    show(lambda: b.decode(enc))
    show(lambda: bytearray(b).decode(enc))
show(lambda: '\ud83d' + '\ude00' == '\U0001f600')
show(lambda: 'a' < '\ud800' < '\uffff' < '\U00010000')
show(lambda: 'ab' * 3 + 2 * 'c')
show(lambda: 'ab' * -1)
show(lambda: 'a,b,,c'.split(','))
show(lambda: ' a  b '.split())
show(lambda: '-'.join(['x', 'y']))
show(lambda: '-'.join(['x', 1]))
show(lambda: 'abc'.startswith('ab') and 'abc'.endswith(('x', 'c')))
show(lambda: 'b' in 'abc')
show(lambda: 1 in 'abc')
show(lambda: 'abc'.replace('b', 'xx').upper().lower().strip())
show(lambda: 'abcabc'.find('ca'))
show(lambda: 'abc'[5])
show(lambda: 'abc'['a'])
show(lambda: 'a' + 'b' 'c')
show(lambda: '{}-{}'.format(1, 'x'))
show(lambda: '{0}{1}{0}'.format('a', 'b'))
show(lambda: '{x!r:>5}|{y:03d}'.format(x = 'q', y = 7))
show(lambda: '{{}}'.format())
show(lambda: '{}'.format())
show(lambda: '{'.format())
show(lambda: '{a}'.format(b = 1))
x, name = 3.14159, 'world'
show(lambda: f'hello {name}! {x:.2f} {x!r} {10:>4}|{10:<4}|{10:^4}|{255:#x}|{255:08b}|{-5:+d}|{12345678:,}')
show(lambda: f'{name=} {x = :.1f} {{literal}} {name!s:>8} {"nested"}')
show(lambda: f'{name:{10}}|' f'{1+1}' 'plain')
show(lambda: f'{[i for i in range(3)]} {dict(a = 1)["a"]} {(lambda: 5)()}')
show(lambda: f'{x:e} {1e10:.3E} {0.5:%} {float("inf"):5} {True} {None}')
show(lambda: f'{"abc":.2} {"abc":*^7}')
show(lambda: f'{5:s}')
show(lambda: f'{"a":d}')
show(lambda: f'{[]:5}')
show(lambda: r'\n' + b'\x41\101'.decode())
show(lambda: b'ab' + b'c' == b'abc')
show(lambda: b'abc'[0] + b'abc'[-1])
show(lambda: b'abc'[1:])
show(lambda: b'abc' < b'abd')
show(lambda: b'a' + 'b')
show(lambda: b'b' in b'abc' and 97 in b'abc')
show(lambda: bytes([1, 2, 255]))
show(lambda: bytes([256]))
show(lambda: bytes(3))
show(lambda: bytes(-1))
show(lambda: bytes('h\u00e9', 'utf-8'))
show(lambda: bytes('a'))
show(lambda: bytearray(b'xyz'))
show(lambda: bytearray('xyz'))
show(lambda: b'\x01\xff'.hex())
show(lambda: str(b'x') + str(bytearray(b'y')))
show(lambda: repr("it's \"\u1234\""))
show(lambda: '''triple
quoted''' + """x'y""")
show(lambda: 'cont\
inued')
show(lambda: str(None) + str(True) + str(1.0) + str([1, 'a', (2,), {3: 4}, {5}, set()]))
try:
  'h\udc00x'.encode('utf-8')
except UnicodeEncodeError as e:
  print(e.encoding, e.start, e.end, e.reason)
try:
  b'ab\xff'.decode('utf-8')
except UnicodeError as e:
  print(e.encoding, e.start, e.end, e.reason, isinstance(e, ValueError))

for s in ('', 'a\xe9\u03c0\U0001f600', 'h\ud83dx', '\udc00'):
  print(s.encode('utf-8', 'surrogatepass').hex(), len(s.encode('utf8', 'surrogatepass')))
