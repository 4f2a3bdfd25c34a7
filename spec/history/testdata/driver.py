"""Runs sequences of operations on a historical definitions.py of the Canonical ABI and prints what each gave.

  python3 driver.py DIR SEQUENCES

DIR holds the definitions.py, of a64b04e or of its parent. SEQUENCES is a file of sequences in the form of ops.go's
Op.String, one operation a line, with an empty line between two sequences; what follows an arrow is left out, and so is a
line that begins with #. A line "table-length N" before a sequence lowers Table.MAX_LENGTH.

Calls go through canon_lower and canon_lift, with their asyncio. The core code of every task is one coroutine that takes
the next operation whenever it has control, as the host does when it has.
"""

import asyncio
import hashlib
import sys
import traceback
from functools import partial
from pathlib import Path


class Impossible(Exception):
    pass


class Sequence:
    """One run: its operations, their results, and who may have control back."""

    def __init__(self, d, ops):
        self.d = d
        self.ops = ops
        self.results = []
        self.destroyed = []
        self.blocked = {}
        self.calls = {}
        self.stopped = asyncio.Event()
        self.handed = asyncio.Event()
        self.insts = {name: d.ComponentInstance() for name in "ABC"}
        self.types = {
            "R": d.ResourceType(self.insts["A"]),
            "S": d.ResourceType(self.insts["A"], self.dtor("S")),
            "T": d.ResourceType(self.insts["B"]),
            "U": d.ResourceType(self.insts["C"]),
            "V": d.ResourceType(self.insts["C"], self.dtor("V")),
        }

    def dtor(self, name):
        async def dtor(task, args):
            self.destroyed.append(f"dtor {name} {args[0]}")
            return []

        return dtor

    # The list of operations.

    def next(self, actor):
        """The words of the next operation, which must be the actor's; None at the end."""
        if len(self.results) == len(self.ops):
            return None
        who, rest = self.ops[len(self.results)].split(": ")
        if who != actor:
            raise Impossible(f"{self.ops[len(self.results)]} while {actor} runs")
        return rest.split()

    def done(self, result):
        self.results.append(", ".join([result] + self.destroyed))
        self.destroyed = []

    def back(self, to, got):
        """Control comes back to a caller: unless the callee gave it back, that waits to enter somewhere."""
        if self.ops[len(self.results)].split()[1] in ("block", "exit", "return"):
            self.done(f"{to}: {got}" if got else to)
        else:
            self.stop("waits")

    def stop(self, how):
        if not self.stopped.is_set():
            self.results.append(how)
            self.stopped.set()

    def stop_by(self, e):
        """Tells of an exception and the place in definitions.py that it comes from."""
        frames = [f for f in traceback.extract_tb(e.__traceback__) if f.filename == self.d.__file__]
        names = [f for f in frames if f.name not in ("trap", "trap_if")]
        if not names or isinstance(e, Impossible):
            raise e
        if isinstance(e, self.d.Trap):
            self.stop(f"trap {names[-1].name}:{names[-1].lineno}")
        elif isinstance(e, AssertionError):
            self.stop(f"assert {names[-1].name}:{names[-1].lineno}")
        else:
            self.stop(f"crash {names[-1].name}/{type(e).__name__}")

    # Calls.

    def lifted(self, words, caller):
        """A component function for the callee of the words of a call; what it is called with; its type and options."""
        d, verb, name, rest = self.d, words[0], words[1], words[2:]
        results = []
        if len(rest) >= 2 and rest[-2] == "returns":
            results, rest = [d.OwnType(self.types[rest[-1]])], rest[:-2]
        params, args = [], []
        if rest:
            kind = {"own": d.OwnType, "borrow": d.BorrowType}[rest[0]]
            params, args = [kind(self.types[rest[1]])], [int(rest[2])]
        ft = d.FuncType(params, results)
        opts = d.CanonicalOptions(sync=verb == "call" and caller is not None)
        inst = self.insts[name[0]]
        core = partial(self.core, name)

        async def callee(*rest):
            try:
                await d.canon_lift(opts, inst, ft, core, *rest)
            except BaseException as e:
                if not isinstance(e, asyncio.CancelledError):
                    self.stop_by(e)
                raise

        return callee, args, ft, opts

    async def call(self, name, task, words):
        """A task's call of another task's instance."""
        callee, args, ft, opts = self.lifted(words, name)
        flat = await self.d.canon_lower(opts, ft, callee, task, args)
        if opts.sync:
            self.back(name, " ".join(map(str, flat)) or "ok")
        elif flat == [0]:
            self.back(name, "done")
        else:
            i, state = flat[0] & (2**30 - 1), self.d.CallState(flat[0] >> 30).name
            self.back(name, f"subtask {i} {state}")

    async def host_call(self, words):
        callee, args, ft, opts = self.lifted(words, None)
        run = partial(callee, None, lambda: args, lambda vs: None)
        await self.d.call_and_handle_blocking(run)
        self.back("host", "")

    async def host_resume(self, words):
        self.handed.clear()
        self.blocked.pop(words[1]).set_result(None)
        self.d.current_task.release()
        await self.handed.wait()
        await self.d.current_task.acquire()
        self.back("host", "")

    # Who has control.

    async def host(self):
        while (words := self.next("host")) is not None:
            if words[0] == "call":
                await self.host_call(words)
            else:
                await self.host_resume(words)
            if self.stopped.is_set():
                return
        self.stopped.set()

    async def core(self, name, task, args):
        self.done(f"{name} gets {args[0]}" if args else name)
        while (words := self.next(name)) is not None:
            match words[0]:
                case "return":
                    return [int(words[2])] if len(words) > 1 else []
                case "exit":
                    return []
                case "call" | "call-async":
                    await self.call(name, task, words)
                case _:
                    await self.builtin(name, task, words)
            if self.stopped.is_set():
                break
        self.stopped.set()
        await asyncio.Future()

    async def builtin(self, name, task, words):
        d, rest = self.d, words[1:]
        rt = self.types.get(rest[0]) if rest else None
        match words[0]:
            case "resource.new":
                flat = await d.canon_resource_new(rt, task, int(rest[1]))
            case "resource.rep":
                flat = await d.canon_resource_rep(rt, task, int(rest[1]))
            case "resource.drop":
                flat = await d.canon_resource_drop(rt, True, task, int(rest[1]))
            case "resource.drop-async":
                flat = await d.canon_resource_drop(rt, False, task, int(rest[1]))
            case "subtask.drop":
                flat = await d.canon_subtask_drop(task, int(rest[0]))
            case "task.return":
                flat = await d.canon_task_return(task, d.CoreFuncType([], []), [])
            case "poll":
                self.done(self.poll(task))
                return
            case "block":
                await self.block(name, task)
                return
        self.done(" ".join(map(str, flat)) or "ok")

    def poll(self, task):
        events = []
        while e := task.maybe_next_event():
            events.append(f"subtask {e[1]} {self.d.EventCode(e[0]).name.removeprefix('CALL_')}")
        return ", ".join(sorted(events)) or "nothing"

    async def block(self, name, task):
        self.blocked[name] = asyncio.Future()
        await task.wait_on(False, self.blocked[name])
        self.done(name)
        self.handed.set()

    async def run(self):
        host = asyncio.create_task(self.host_or_stop())
        stopped = asyncio.create_task(self.stopped.wait())
        await asyncio.wait({host, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if host.done() and host.exception():
            raise host.exception()

    async def host_or_stop(self):
        try:
            await self.host()
        except BaseException as e:
            if not isinstance(e, asyncio.CancelledError):
                self.stop_by(e)


def load(directory):
    sys.path.insert(0, directory)
    import definitions

    return definitions


def run(d, ops, table_length):
    d.Table.MAX_LENGTH = table_length
    d.current_task = asyncio.Lock()

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        await d.current_task.acquire()
        s = Sequence(d, ops)
        await s.run()
        return s.results

    return asyncio.run(main())


def sequences(path):
    """The sequences of a file, each with its table length or None."""
    ops, table_length = [], None
    for line in Path(path).read_text().splitlines() + [""]:
        line = line.split(" -> ")[0].strip()
        if line.startswith("#"):
            continue
        if line.startswith("table-length "):
            table_length = int(line.split()[1])
        elif line:
            ops.append(line)
        elif ops:
            yield ops, table_length
            ops, table_length = [], None


def main(directory, path):
    d = load(directory)
    upstreams = d.Table.MAX_LENGTH
    sha = hashlib.sha256(Path(d.__file__).read_bytes()).hexdigest()
    print(f"# Recorded by driver.py from the definitions.py with sha256 {sha}.")
    for ops, table_length in sequences(path):
        print()
        if table_length is not None:
            print("table-length", table_length)
        for op, result in zip(ops, run(d, ops, table_length or upstreams)):
            print(op, "->", result)


if __name__ == "__main__":
    main(*sys.argv[1:])
