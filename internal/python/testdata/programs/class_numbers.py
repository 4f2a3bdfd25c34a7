# Attributes of classes that are numbers and become others, where the same instruction has read them before, and where they become
# something else than a number.


class Base:
    limit = 1
    other = 5

    def of_self(self):
        return self.limit

    def of_class(self):
        return Base.limit


class Derived(Base):
    pass


class Own(Base):
    limit = 7


class Holder:
    kind = 0


def read(of):
    return of.limit


def read_all():
    base, derived, own = Base(), Derived(), Own()
    return ([read(x) for x in (Base, Derived, Own, base, derived, own)], base.of_self(), derived.of_self(), own.of_self(), own.of_class(),
            getattr(Derived, 'limit'), Derived.other)


print(read_all(), read_all())
for value in (2, 3, 3, -1):
    Base.limit = value
    print(value, read_all(), read_all())
Own.limit = 8
print(read_all(), read_all())
Derived.limit = 9  # which it has not had before
print(read_all(), read_all())
Derived.limit = 10
Base.limit = 11
print(read_all(), read_all())
Base.limit = 'a word'
print(read_all(), read_all())
Base.limit = 12
print(read_all(), read_all())


# What is called is a method, a number, and a method again.
def called(x):
    try:
        return x.of_self()
    except TypeError as e:
        return str(e)


method, x = Base.of_self, Derived()
print(called(x), called(x))
Base.of_self = 1
print(called(x), called(x))
Base.of_self = 2
print(called(x), called(x))
Base.of_self = method
print(called(x), called(x))

# An object that has the attribute itself.
x.limit = 20
Derived.limit = 13
print(x.limit, x.of_self(), Derived().limit)
del x.limit
print(x.limit, x.of_self())


# One instruction reads of a class, of an object and of a module.
import math


class Pi:
    pi = 3


def pi(of):
    return of.pi


for i in range(3):
    print([pi(of) for of in (math, Pi, math, Pi(), Pi, math)])
    Pi.pi = i
