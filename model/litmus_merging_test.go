package model

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Merging equal states changes neither which outcomes a litmus has nor, where nothing goes round, how many ways lead to each.
func TestLitmusMerging(t *testing.T) {
	files, err := filepath.Glob("../examples/*.litmus")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	texts := map[string]string{"interleaved": interleaved, "numbered": numberedCalls, "hosts": numberedHosts, "shared": sharedLines, "calls of the host's": hostCalls, "host streams": hostStreams,
		"copies of the host's": hostCopies, "memory": memories, "literals": pendingLiterals, "kinds": kindsOfNames, "ifs": takenBefore, "invocations": numberedInvocations,
		"results later": resultsLater, "names of streams": namesOfStreams, "written later": writtenLater, "during realloc": duringRealloc}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	for name, text := range texts {
		merged, all := outcomesOf(t, text, false), outcomesOf(t, text, true)
		if len(all) < 2 && name != "shared" && !strings.Contains(name, "/") {
			t.Errorf("%s: it has only %v", name, all)
		}
		if !slices.Equal(merged, all) {
			t.Errorf("%s: merged\n%s\nall\n%s", name, strings.Join(merged, "\n"), strings.Join(all, "\n"))
		}
	}
}

// numberedHosts has the host cancel one of two calls that look alike, where the state does not say which is which: the two calls before
// them have left a table in which both orders look the same.
const numberedHosts = `world tasks
in A.stackful#1
  thread.yield uncancellable
  task.return ()
in A.stackful#2
  thread.yield uncancellable
  task.return ()
in A.stackful
  task.return () | thread.suspend cancellable
in host
  invoke A.stackful
  invoke A.stackful
  ticks
  invoke A.stackful
  invoke A.stackful
  cancel 2 | skip
`

// interleaved has many ways through few states.
const interleaved = `world tasks
in A.stackful#1
  thread.yield uncancellable | skip
  thread.yield cancellable | skip
  task.return ()
in A.stackful#2
  thread.yield uncancellable | skip
  task.return ()
in A.stackful#3
  thread.suspend cancellable | skip
  task.cancel | task.return ()
in host
  $a = invoke A.stackful
  $b = invoke A.stackful
  $c = invoke A.stackful
  tick | skip
  ticks | cancel $b | cancel $c
  ticks
`

// numberedCalls calls a function that does something else each time, so that equal states differ in how often it was called.
const numberedCalls = `world tasks
in A.stackful#1
  thread.yield uncancellable
  task.return ()
in A.stackful#2
  task.return ()
in A.stackful#3
  $i = thread.index
  task.return ()
in host
  invoke A.stackful
  ticks
  invoke A.stackful | skip
  tick
  invoke A.stackful
`

// sharedLines has lines that whichever call of A acts next takes.
const sharedLines = `world waits
A: context.get i32 0 | skip
A: context.get i32 0 | skip
A: context.set i32 0 1 | skip
A: task.return ()
`

const hostWorld = `world w
define {"name":"w","instances":[{"name":"A","memory":64}],"funcs":[{"name":"A.run","results":["string"],"async":true,"lift":"stackful"},{"name":"A.take","params":["stream<u8>"],"async":true,"lift":"stackful"},{"name":"A.give","results":["stream<u8>"],"async":true,"lift":"stackful"},{"name":"A.number","params":["u8"]},{"name":"A.text","params":["list<u8>"],"async":true,"lift":"stackful"},{"name":"host.get","params":["u8"],"results":["u8"],"async":true}],"imports":[{"instance":"A","func":"host.get","async":true}]}
`

// hostCalls has the host resolve its calls in either order, with one of two values, or cancel them.
const hostCalls = hostWorld + `in A.run
  $s $st = call host.get 1 16 | call host.get 2 16
  $t = call host.get 3 17
  $set = waitable-set.new
  waitable.join $s $set
  waitable.join $t $set
  $e $i $p = waitable-set.wait uncancellable $set 0
  subtask.cancel async $s | skip
  $b = memory.load 16 2
  task.return (string) 16 0
in host.get#1 $k
  $a = host.start $k | skip
in host.get#2 $l
  $b2 = host.start $l
in host.get.cancel $c
  skip | host.resolve-cancelled $c
in host
  $call $r = invoke A.run
  host.start $k | skip
  host.resolve $k 7 | host.resolve $l 8
  ticks
  host.resolve $k 9 | skip
  ticks
`

// hostStreams has the host end a guest's read in several ways, at once or later.
const hostStreams = hostWorld + `in A.take $s
  $read = stream.read u8 async $s 16 4
  $set = waitable-set.new
  waitable.join $s $set
  stream.cancel-read u8 async $s | skip
  $e $i $p = waitable-set.poll uncancellable $set 0
  $b = memory.load 16 2
  task.return ()
in stream.read $k
  shared.copy $k [1,2] | shared.copy $k [3] | skip
  shared.done $k 0 | shared.done $k 1 | skip
in shared.cancel $k2
  shared.done $k2 2 | skip
in host
  invoke A.take own-stream:$in
  shared.done $in 0 | skip
  ticks
`

// hostCopies has the host write and read in several sizes, and cancel.
const hostCopies = hostWorld + `in A.take $s
  stream.read u8 async $s 16 1 | stream.read u8 async $s 16 3
  $b = memory.load 16 3
  task.return ()
in A.give
  $r $w = stream.new u8
  memory.store 32 u8:5 u8:6
  task.return (stream<u8>) $r
  stream.write u8 async $w 32 2 | stream.write u8 async $w 33 1
in host
  invoke A.take stream:$in
  $n $end = shared.write $in [1,2] | shared.write $in [3]
  shared.cancel $in | skip
  $c $out = invoke A.give
  $got $how = shared.read $out 1 | shared.read $out 5
  shared.cancel $out | skip
  ticks
`

// memories differ only in memory, until it is read.
const memories = hostWorld + `in A.run
  memory.store 16 "a" | memory.store 16 "b" | skip
  thread.yield uncancellable
  $b = memory.load 16 1
  $n = i32.load 16
  task.return (string) 16 1
in host
  $c $r = invoke A.run
  ticks
`

// pendingLiterals differ only in a literal that nobody has taken yet.
const pendingLiterals = hostWorld + `in A.run
  backpressure.inc
  thread.yield uncancellable
  backpressure.dec
  task.return (string) 0 0
in A.text $p $l
  $b = memory.load $p $l
  task.return ()
in host
  invoke A.run
  invoke A.text [1,2] | invoke A.text [3,4] | invoke A.text 2
  ticks
`

// kindsOfNames binds one number, zero, that means something else each time.
const kindsOfNames = hostWorld + `in A.run
  $x = context.get i32 0 | thread.yield uncancellable
  context.get i32 1
  task.return (string) 0 0
in host
  invoke A.run
  ticks
`

// takenBefore comes to one state with and without an alternative that an if asks for later.
const takenBefore = hostWorld + `in A.run
  context.get i32 0 | skip
  thread.yield uncancellable
  if took context.get i32 0
    $x = thread.index
  task.return (string) 0 0
in host
  invoke A.run
  ticks
`

// numberedInvocations comes to one state after one call or two, before another is given a name.
const numberedInvocations = hostWorld + `in A.run
  task.return (string) 0 0
in host
  invoke A.run
  invoke A.run | tick
  $c = invoke A.run
`

// resultsLater differ in which name a result is to have that comes later; the value by which they came there is gone.
const resultsLater = hostWorld + `in A.run
  thread.yield uncancellable
  task.return (string) 0 0
in A.number $x
  return
in host
  invoke A.number 1 | invoke A.number 2
  if $x = 1: $c $r = invoke A.run
  else: $c $q = invoke A.run
  invoke A.number 3
  ticks
`

// namesOfStreams differ in which name a stream is to have that is made later; the value by which they came there is gone.
const namesOfStreams = hostWorld + `in A.run
  backpressure.inc
  thread.yield uncancellable
  backpressure.dec
  task.return (string) 0 0
in A.number $x
  return
in A.take $s
  task.return ()
in host
  invoke A.number 1 | invoke A.number 2
  invoke A.run
  if $x = 1: invoke A.take stream:$in
  else: invoke A.take stream:$out
  invoke A.number 3
  ticks
`

// writtenLater differ only in what the host writes, before anybody reads it.
const writtenLater = hostWorld + `in A.take $s
  thread.yield uncancellable
  stream.read u8 async $s 16 2
  $b = memory.load 16 2
  task.return ()
in host
  invoke A.take stream:$in
  shared.write $in [1,2] | shared.write $in [3,4]
  ticks
`

// duringRealloc differ only in the text that the host resolves a call with, while the guest allocates memory for it.
const duringRealloc = `world w
define {"name":"w","instances":[{"name":"A","memory":64,"realloc":"guest"}],"funcs":[{"name":"A.run","async":true,"lift":"stackful"},{"name":"host.get","results":["string"],"async":true}],"imports":[{"instance":"A","func":"host.get","async":true}]}
in A.run
  call host.get 0
  $b = memory.load 32 2
  task.return ()
in A.realloc
  context.get i32 0
  return 32
in host.get $k
  host.start $k
  host.resolve $k "ab" | host.resolve $k "cd"
in host
  invoke A.run
`

// outcomesOf explores a litmus, and returns its outcomes with their ways.
func outcomesOf(t *testing.T, text string, separately bool) []string {
	t.Helper()
	l, err := ParseLitmus(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	l.separately = separately
	report, err := l.Explore(LitmusOptions{Tries: 1000000})
	if err != nil || report.Incomplete {
		t.Fatal(err, report)
	}
	var lines []string
	for _, o := range report.Outcomes {
		lines = append(lines, fmt.Sprintf("%d %s", o.Ways, o))
	}
	slices.Sort(lines)
	return lines
}
