"""Speaks the protocol of docs/conform.md for adapters in Python: programs through which cabi conform tests an implementation.

An adapter calls serve. Core code, or the host, that is called is a loop between enter and leave: action says what happened and returns what
to do next, done notes what came back. For each thread of Python's, the call that acts is the one that was entered last.
"""

import json
import os
import sys
import threading

calls, events, stacks, asked = 0, [], threading.local(), None


class Unsupported(Exception):
    """A world that the implementation cannot make, raised by make."""


def enter(func, numbers):
    """Notes that core code, or the host, is called."""
    global calls
    calls += 1
    stack().append(calls)
    events.append({'kind': 'enter', 'call': calls, 'func': func, 'numbers': numbers})


def leave():
    """The call that acts has returned."""
    stack().pop()


def done(results=()):
    """Notes that the action of the call that acts is done."""
    events.append({'kind': 'done', 'call': call(), 'results': list(results)})


def action(tables=None):
    """Says what happened, and returns the next action of the call that acts, as docs/conform.md describes it."""
    answer(next=call(), **({} if tables is None else {'tables': tables}))
    return read()


def unsupported(why):
    """Says that the action is not taken, and returns the one to take instead."""
    reply('unsupported', why=why)
    return read()


def trap(message):
    """Says that the implementation has trapped. This process ends where another world is asked for."""
    events.append({'kind': 'trap', 'message': message})
    answer()
    read()


def call():
    """The number of the call that acts: 0 is the host at rest."""
    return stack()[-1] if stack() else 0


def stack():
    if not hasattr(stacks, 'calls'):
        stacks.calls = []
    return stacks.calls


def reply(kind, **fields):
    sys.stdout.write(json.dumps({'id': asked['id'], 'kind': kind, **fields}) + '\n')
    sys.stdout.flush()


def answer(**fields):
    reply('answer', events=list(events), **fields)
    events.clear()


def read():
    """The next action. Where something else is asked for, this process ends, and hands that to the one that it was forked from."""
    global asked
    line = sys.stdin.buffer.readline()
    asked = json.loads(line) if line else {'kind': 'end'}
    if asked['kind'] != 'action':
        os.write(hand_over, line)
        os._exit(0)
    return asked


def serve(name, make):
    """Calls make for each world, in a process of its own: Python cannot leave the stacks of the one before. make returns when it has trapped."""
    global asked, hand_over
    line = sys.stdin.buffer.readline()
    while line:
        asked = json.loads(line)
        if asked['kind'] == 'hello':
            reply('hello', version=1, name=name)
            line = sys.stdin.buffer.readline()
            continue
        ours, hand_over = os.pipe()
        if os.fork() == 0:
            try:
                make(asked['world'])
            except Unsupported as e:
                unsupported(str(e))
            except BaseException as e:
                trap(repr(e))
            os._exit(1)
        os.close(hand_over)
        with os.fdopen(ours, 'rb') as pipe:
            line = pipe.read()
        os.wait()
