from dataclasses import dataclass
from enum import Enum
class Fail:
  def __init__(self, *args): raise ValueError
  def method(self): raise KeyError
class Ok:
  def boom(self, *args):
    raise KeyError
  def __len__(self):
    return 'x'
  @property
  def prop(self):
    return 1 // 0
ok = Ok()
def call_args():
  return int(
    'x'
  )
def method_chain():
  return (ok
    .boom(
      1))
def binary():
  return (1 +
    2 +
    'x')
def subscript():
  return [1,
    2][
    5]
def compare():
  return (1
    < 'x')
def chained():
  return (1 <
    2 <
    'x')
def assertion():
  assert (1 ==
    2)
def assertion_message():
  assert 1 == 2, \
    'm'
def raise_call():
  raise ValueError(
    1,
    undefined)
def raise_plain():
  raise ValueError(
    'x'
  )
def attribute():
  return (ok
    .nothing
    .more)
def store_attribute():
  x = None
  x.a = (
    5)
def store_subscript():
  x = ()
  x[
    0] = 1
def augmented():
  x = 1
  x += (
    'y')
def unpack():
  (a,
   b) = [
    1]
def for_iter():
  for x in (
      5):
    pass
def condition():
  if (1
      < None):
    pass
def while_():
  while (
      undefined):
    pass
def and_():
  return (True and
    undefined)
def ternary():
  return (1 if
    undefined else
    2)
def listcomp():
  return [
    x.y
    for x in [1]
    if True]
def genexp():
  return list(
    x.y
    for x in [1])
def lambda_():
  f = (lambda:
    undefined)
  return f()
def default():
  def f(a = 1,
        b = undefined):
    pass
def decorator():
  @undefined
  def f():
    pass
def class_body():
  class A:
    x = 1
    y = undefined
def class_base():
  class A(
      undefined):
    pass
def dictionary():
  return {
    'a': 1,
    [] : 2,
  }
def set_():
  return {
    1,
    []}
def fstring():
  return (f'a'
    f'{undefined}')
def with_():
  with ok as x:
    pass
def match_():
  match 5:
    case 1:
      pass
    case undefined.x:
      pass
def match_class():
  match ok:
    case Ok(
        1):
      pass
def try_finally():
  try:
    pass
  finally:
    1 // 0
def reraise():
  try:
    1 // 0
  except ZeroDivisionError:
    raise
def reraise_other():
  try:
    1 // 0
  except ZeroDivisionError as e:
    raise e
def handler_raises():
  try:
    1 // 0
  except ZeroDivisionError:
    [][1]
def finally_after():
  try:
    1 // 0
  finally:
    x = 1
def keyword():
  return dict(a = 1,
    b = undefined)
def nested_call():
  return len(
    ok)
def init():
  return Fail(
    1,
    2)
def prop():
  return (
    ok.prop)
def delete():
  x = {}
  del x[
    'a']
def slice_():
  return 'abc'[
    'a':
    ]
def walrus():
  return (y := (
    undefined))
def star():
  return max(*
    5)
def global_():
  return (
    undefined
    + 1)
def unary():
  return -(
    'x')
def return_in_loop():
  for i in [1]:
    return i // 0
def enum_():
  class E(Enum):
    A = 1
  return E(
    7)
def yield_():
  def g():
    yield 1
    yield (
      undefined)
  return list(g())
def not_callable():
  return (5)(
    1)
def wrong_args():
  return binary(
    1)
def import_():
  from math import (
    floor)
  return floor('x')
