import math
import struct
def show(f):
  try:
    print(repr(f()))
  except BaseException as e:
    print(type(e).__name__, e)
for x in [0, 1, 2.5, -2.5, 1e300, float('nan'), float('inf'), 2 ** 70, 'a', True]:
  show(lambda: math.ceil(x))
  show(lambda: math.floor(x))
  show(lambda: math.isnan(x))
  show(lambda: math.isinf(x))
for n in list(range(1, 70)) + [255, 256, 257, 65535, 65536, 65537, 2 ** 24, 2 ** 24 + 1, 2 ** 32 - 1]:
  print(math.ceil(math.log2(n) / 8))
show(lambda: math.log2(0))
show(lambda: math.log2(-1))
show(lambda: math.log2(8))
show(lambda: math.copysign(1, -0.0))
show(lambda: math.gcd(12, -18))
show(lambda: math.sqrt(2))
show(lambda: math.sqrt(-1))
for f in ['<I', '<Q', '<i', '<q', '<B', '<h', '>I', '<f', '<d', '>d', '<bH', '<2B', '<x?']:
  for v in [(0,), (1,), (-1,), (255,), (256, 2), (2 ** 31,), (2 ** 32,), (2 ** 64 - 1,), (2 ** 64,), (1.5,), (float('nan'),), (1e300,), ('a',), (1, 2)]:
    show(lambda: struct.pack(f, *v))
for f, b in [('<I', b'\x01\x02\x03\x04'), ('<I', b'\x01'), ('>I', b'\x01\x02\x03\x04'), ('<q', b'\xff' * 8), ('<Q', b'\xff' * 8), ('<f', b'\x00\x00\xc0\x7f'), ('<f', b'\x01\x00\x80\x7f'),
             ('<d', b'\x00\x00\x00\x00\x00\x00\xf0\x3f'), ('<bB?h', b'\xff\xff\x01\x00\x80'), ('<I', bytearray(4))]:
  show(lambda: struct.unpack(f, b))
show(lambda: struct.unpack('<Q', struct.pack('<d', struct.unpack('<f', b'\x01\x00\x80\x7f')[0])))
show(lambda: struct.unpack('<I', struct.pack('<f', struct.unpack('<d', struct.pack('<Q', 0xfff8000000000123))[0])))
show(lambda: struct.calcsize('<IQ'))
try:
  struct.pack('<I', -1)
except struct.error as e:
  print(isinstance(e, Exception), type(e).__name__)
