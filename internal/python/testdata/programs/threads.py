import threading
import time
import random
from functools import partial
log = []
lock = threading.Lock()
lock.acquire()
local = threading.local()
def worker(n):
  local.value = n
  log.append('start ' + str(n))
  lock.acquire()
  log.append('got ' + str(local.value))
  lock.release()
ts = [threading.Thread(target = worker, args = (i,)) for i in range(3)]
local.value = 'main'
for t in ts: t.start()
while len(log) < 3: time.sleep(0.01)
print(sorted(log))
lock.release()
for t in ts: t.join()
print(sorted(log), local.value, [t.is_alive() for t in ts], lock.locked())
def show(f):
  try:
    print(f())
  except BaseException as e:
    print(type(e).__name__, e)
show(lock.release)
show(ts[0].start)
show(lambda: local.nope)
with lock:
  print(lock.locked(), lock.acquire(False))
cond = threading.Condition()
queue = []
def consumer():
  for _ in range(3):
    with cond:
      while not queue: cond.wait()
      log.append(('item', queue.pop(0)))
c = threading.Thread(target = consumer)
c.start()
for i in range(3):
  with cond:
    queue.append(i)
    cond.notify()
c.join()
print(log[-3:])
ev = threading.Event()
def waiter():
  ev.wait()
  log.append('event')
w = threading.Thread(target = waiter)
w.start()
print(ev.is_set())
ev.set()
w.join()
print(log[-1], ev.is_set(), ev.wait())
done = False
def spinner():
  global done
  done = True
threading.Thread(target = spinner).start()
while not done: pass
print('spun')
ping, pong = threading.Lock(), threading.Lock()
ping.acquire()
pong.acquire()
turns = []
def ponger():
  for _ in range(5):
    ping.acquire()
    turns.append('pong')
    pong.release()
th = threading.Thread(target = ponger)
th.start()
for _ in range(5):
  turns.append('ping')
  ping.release()
  pong.acquire()
th.join()
print(turns)
add = partial(lambda a, b, c = 0: (a, b, c), 1, c = 5)
print(add(2), add(2, c = 7), partial(add, 9)())
show(lambda: partial(5))
random.seed(42)
print([random.randint(0, 9) for _ in range(10)], [random.choice('abcdef') for _ in range(6)], random.getrandbits(70), random.getrandbits(5), random.randrange(100), random.randrange(5, 8))
l = list(range(10))
random.shuffle(l)
print(l, random.random())
random.seed(2 ** 80 + 12345)
print(random.getrandbits(64), random.randint(-5, 2 ** 40))
show(lambda: random.choice([]))
show(lambda: random.randint(3, 2))
