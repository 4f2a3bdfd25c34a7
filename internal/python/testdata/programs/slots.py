from __future__ import annotations
import typing
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar, overload
from collections.abc import Callable, Iterator

if TYPE_CHECKING:
  import json
  from foo.bar import baz, qux as q
  import a.b.c
if typing.TYPE_CHECKING:
  from x.y import z

T = TypeVar('T', bound = int)
P = ParamSpec('P')

def called(f: Callable[[int], str], xs: Iterator[Annotated[int, 1]]) -> baz:
  return [f(x) for x in xs]

print(called(str, iter([1, 2])))

class A:
  __slots__ = ('x', 'y')
  z = 3

  def __init__(self):
    self.x = 1

  def grow(self):
    self.w = 1

class B(A):
  __slots__ = 'v'

class C(A):
  pass

class D(C):
  __slots__ = ()

def tried(f):
  try:
    f()
    print('set')
  except AttributeError as e:
    print(e)

def assign(o, name):
  def f():
    if name == 'v': o.v = 1
    elif name == 'w': o.w = 1
    elif name == 'y': o.y = 1
    else: o.z = 1
  return f

for o in (A(), B(), C(), D()):
  tried(o.grow)
  for name in ('v', 'w', 'y', 'z'):
    tried(assign(o, name))
  print(o.x, o.z, hasattr(o, 'v'), hasattr(o, 'w'))

try:
  class E:
    __slots__ = ['a']
    a = 1
except ValueError as e:
  print(e)
