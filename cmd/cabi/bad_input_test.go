package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// badFiles are what the bad input of the tables is in, by name.
var badFiles = map[string]string{
	"pressed.world": "world pressed\ninstance A\nlimits backpressure 2\n",
	"ok.cabi":       "world handles\nA: resource.new R 100 -> 1\n",
	"ok.litmus":     "world handles\nin A.run\n  resource.new R 1\n",
	"ok.world":      "world own\ninstance A\nfunc A.run()\n",
	"off.cabi":      "# off\nworld handles without no/such\nA: resource.new R 1\n",
	"claim.json":    "{\"kind\":\"trace\",\"version\":1,\"world\":\"handles\",\"violates\":\"nope\"}\n",
	"claim.cabi":    "world handles\nA: resource.new R 1\nviolates nope\n",
	"empty":         "",
	"binary":        "\x7fELF\x02\x01\x01\x00\x80\xff",
	"long":          strings.Repeat("x", 3<<20),
	"nul.cabi":      "world handles\nA: resource.new R 100\x00\n",
	"latin1.cabi":   "world handles\n# \xe4\n",
	"negative":      "world handles\nA: resource.new R -1\n",
	"huge":          "world handles\nA: resource.new R 18446744073709551616\n",
	"format":        "world handles  variant single-table  format 18446744073709551616\n",
	"choice":        "world handles\nchoices 4294967296\n",
	"two":           "world handles\nworld handles\n",
	"unknown":       "world handels\n",
	"odd":           "world handles variant\n",
	"claimless":     "world handles\nA: resource.new R 1\nviolates : index 1\n",
	"unheard.site":  "world handles without " + strings.Repeat("x", 1<<19) + "\n",
	"exception":     "world handles\nA: resource.drop R 9\nexception Table.get/bounds\n",
	"list":          "world w\ndefine {\"name\":\"w\",\"instances\":5}\n",
	"key":           "world w\ndefine {\"name\":\"w\",\"instances\":[{\"name\":\"A\",\"mem\":1}]}\n",
	"cut":           "world w\ndefine {\"name\":\"w\"\n",
	"undefined":     "world w\ndefine\n",
	"memory":        "world w\ndefine {\"name\":\"w\",\"instances\":[{\"name\":\"A\",\"memory\":18446744073709551616}]}\n",
	"deep":          "world w\ndefine {\"name\":" + strings.Repeat("[", 1000) + "\n",
	"json":          "{",
	"json.list":     "{\"kind\":\"trace\",\"version\":1,\"world\":\"handles\"}\n[]\n",
	"json.text":     "{\"kind\":\"trace\",\"version\":\"1\",\"world\":\"handles\"}\n",
	"json.half":     "{\"kind\":\"trace\",\"version\":1.5,\"world\":\"handles\"}\n",
	"json.twice":    "{\"kind\":\"trace\",\"kind\":\"trace\",\"version\":1,\"world\":\"handles\"}\n",
	"json.case":     "{\"Kind\":\"trace\",\"version\":1,\"world\":\"handles\"}\n",
	"json.id":       "{\"kind\":\"trace\",\"version\":1,\"world\":\"handles\",\"id\":\"0123456789abcdef\"}\n",
	"json.line":     "{\"kind\":\"trace\",\"version\":1,\"world\":\"handles\"}\n{\"kind\":\"action\",\"id\":2,\"actor\":\"A\",\"op\":\"resource.new\",\"words\":[\"R\"],\"numbers\":[\"1\"]}\n",
	"json.nul":      "{\"kind\":\"trace\",\"version\":1,\"world\":\"handles\",\"comments\":[\"a\\u0000b\"]}\n",
	"json.utf8":     "{\"kind\":\"trace\",\"version\":1,\"world\":\"handles\",\"comments\":[\"\xff\"]}\n",
	"a ü 日本":        "worlds\n",
	"nothing.json":  "{}\n",
	"core.wasm":     "\x00asm\x01\x00\x00\x00",
	"broken.wat":    "(component (func)",
	"copy.wasm":     "\x00asm\x0d\x00\x01\x00",
	"values.log":    "world subtasks\n…\nA: call B.work 1 2\n",
	"wide.log":      "world waitables\nA: waitable-set.wait uncancellable 5 4294967296\n",
	"names.log":     "world waitables\n$a $b = A: waitable-set.new\n",
	"int.litmus":    ownInt + "in host\n  invoke A.f 256\nin A.f $x\n  return $x\n",
	"int8.litmus":   ownInt + "in host\n  invoke A.f 1\nin A.f $x\n  memory.store 0\n  return $x\n",
	"kind.log":      "{\"kind\":\"trace\",\"version\":1,\"world\":\"handles\"}\n{\"kind\":\"gapp\"}\n",
	"number.json":   "{\"definitions\":7}\n",
	"own.py":        ownDefinitions,
	"turned.world":  turned("thread.turn(i32) -> () = canon_thread_turn"),
	"turnd.world":   turned("thread.turn(i32) -> () = canon_thread_turnd"),
	"class.world":   turned("thread.turn(i32) -> () = Table"),
	"many.world":    turned("thread.turn(i32, thread) -> () = canon_thread_turn"),
	"kind.world":    turned("thread.turn(thred) -> () = canon_thread_turn"),
	"result.world":  turned("thread.turn(i32) -> u32 = canon_thread_turn"),
	"taken.world":   turned("thread.yield(i32) = canon_thread_turn"),
	"twice.world":   turned("thread.turn(i32) = canon_thread_turn\nbuiltin thread.turn(i32) = canon_thread_turn"),
	"words.world":   turned("thread.turn(type, type, async) = canon_thread_turn"),
	"equals.world":  turned("thread.turn(i32) canon_thread_turn"),
	"open.world":    turned("thread.turn(i32 = canon_thread_turn"),
	"dotted.world":  turned("thread.turn(i32) = canon.thread"),
	"memory.world":  turned("thread.turn(pointer) = canon_thread_turn") + "menu A.run: thread.turn\n",
	"menu.world":    turned("thread.turn(i32) = canon_thread_turn") + "menu A.run: thread.turned\n",
	"turned.cabi":   turned("thread.turn(i32) -> () = canon_thread_turn") + "host: invoke A.run\nA: enter A.run\nA: thread.turn 1\n",
	"turns.cabi":    turned("thread.turn(i32) -> () = canon_thread_turn") + "host: invoke A.run\nA: enter A.run\nA: thread.turn 1 2\n",
	"turned.litmus": turned("thread.turn(i32) -> () = canon_thread_turn") + "in A.run\n  thread.turn 1\n",
	"turnt.litmus":  turned("thread.turn(i32) -> () = canon_thread_turn") + "in A.run\n  thread.turnt 1\n",
	"off.py.cabi":   "world handles without canon_thread_turn#2\nA: resource.new R 1\n",
	"two.py.cabi":   "world handles without canon_thread_turn#3\nA: resource.new R 1\n",
}

// turned is a world with a built-in that it declares.
func turned(builtin string) string {
	return "world turned\ninstance A\nfunc async A.run()  stackful\nbuiltin " + builtin + "\n"
}

// ownDefinitions is a definitions.py that has a built-in, and of everything else as much as can be loaded.
var ownDefinitions = classes("BoolType", "S8Type", "U8Type", "S16Type", "U16Type", "S32Type", "U32Type", "S64Type", "U64Type", "F32Type", "F64Type",
	"CharType", "StringType", "ErrorContextType", "ReadableBuffer", "WritableBuffer", "ReadableStream", "ReadableFuture", "Table") + `
def canon_thread_turn(i):
  trap_if(i == 7)
  assert(i > 0); assert(i < 9)
  return []
`

func classes(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString("class " + name + ":\n  pass\n\n")
	}
	return b.String()
}

// ownInt is a world whose host passes an int.
const ownInt = "world w\ninstance A memory 64\nfunc A.f(u8) -> u8\n"

// foreign are words of Go, of its libraries and of system calls, which say nothing to whoever uses the command.
var foreign = regexp.MustCompile(`strconv|ParseInt|ParseUint|ParseFloat|Go struct|(^| )json: |unmarshal|cannot unmarshal|accepts \d|arg\(s\)|unknown flag|` +
	`unknown shorthand|invalid argument|required flag|unexpected end of JSON|invalid character|looking for beginning|\b(open|stat|mkdir|read|write) \S*[./]\S*:|` +
	`rename |exec:|bufio|panic|runtime error|goroutine|if any flags in the group|flag needs|bad flag|%!|<nil>|\bEOF\b|` +
	`time: |missing unit|value out of range|invalid syntax|exit status|bare "`)

// badArguments are bad invocations, with a part of what is to be said. @ is the directory of the files.
var badArguments = []struct{ args, want string }{
	// logs
	{"admits @/values.log", "@/values.log: line 3: call B.work 1 2: it takes no values, got 2 values: validation refuses it"},
	{"admits @/wide.log", "@/wide.log: line 2: waitable-set.wait uncancellable 5 4294967296: it takes [i32 i32], and 4294967296 is no i32"},
	{"admits @/names.log", "@/names.log: line 2: 2 names for 1 value: nothing comes back for $b"},
	{"admits @/kind.log", `unknown kind of line "gapp"; did you mean gap?`},
	{"admits @/ok.cabi --variant anyy", `unknown variant "anyy"; did you mean any?`},
	{"litmus @/int.litmus", "@/int.litmus: line 5, in host: invoke: 256 is no u8: it is a number from 0 to 255"},
	{"litmus @/int8.litmus", "@/int8.litmus: line 7, in A.f: memory.store takes an address and values"},
	// components
	{"run", "cabi run takes a component: a binary"},
	{"run @/none.wasm", "@/none.wasm: no such file"},
	{"run @/binary", "@/binary: preamble, offset 0x0: a component begins with"},
	{"run @/empty", "@/empty: preamble, offset"},
	{"run @/core.wasm", "@/core.wasm: preamble, offset 0x0: this is a core module, not a component"},
	{"run @/broken.wat", "@/broken.wat: "},
	{"run ../../examples/components/race.wasm race", `"race" is no call: write EXPORT(ARGUMENTS), as 'add(1, 2)', or 'drop #1'`},
	{"run ../../examples/components/race.wasm rase()", `no function is exported as "rase"; did you mean race?`},
	{"run ../../examples/components/race.wasm race(1)", "race: the function takes no arguments: it is async func() -> u32"},
	{"run ../../examples/components/counter.wasm [constructor]counter(-1)", "-1 is out of the range of u32"},
	{"run ../../examples/components/counter.wasm [constructor]counter(x)", "the function is func(start: u32) -> own<counter>"},
	{"run ../../examples/components/counter.wasm total([#1])", "there is no handle #1: the calls before returned 0"},
	{"run ../../examples/components/counter.wasm total([1])", `expected "#"`},
	{"run ../../examples/components/race.wasm race() --variant per-tpe", `unknown variant "per-tpe"; did you mean per-type?`},
	{"run ../../examples/components/race.wasm race() --depart 1", `--depart "1": it is CHOICE=CANDIDATE, two numbers`},
	{"run ../../examples/components/race.wasm race() --depart 1=-1", `--depart "1=-1": it is CHOICE=CANDIDATE, two numbers`},
	{"run ../../examples/components/race.wasm race() --duration -1s", "--duration -1s: it is not negative"},
	{"run ../../examples/components/race.wasm race() --steps 0", "it is a whole number from 1 to"},
	{"run ../../examples/components/race.wasm race() --trace @/no/x.cabi", "@/no/x.cabi cannot be written: there is no directory @/no"},
	{"run @/copy.wasm race() --trace @/copy.wasm", "@/copy.wasm would be written over what is read"},
	{"run ../../examples/components/print.wasm --env x", `--env "x": it is NAME=VALUE`},
	{"run ../../examples/components/leak.wasm open-once() --stub opne=1", `no function is imported as "opne"; did you mean open?`},
	{"run ../../examples/components/leak.wasm open-once() --stub open=", `--stub "open=" is no stub: write IMPORT=VALUE`},
	{"run ../../examples/components/leak.wasm open-once() --stub open=x", `the stub of open: "x"`},
	{"run ../../examples/components/leak.wasm open-once() --stub open", "the stub of open: the function returns u32: say what, as open=VALUE"},
	{"run ../../examples/components/leak.wasm ask() --stub open=1 --stub open=2", "--stub gives open twice"},
	{"run ../../examples/components/leak.wasm ask() --link open=../../examples/components/opener.wasm --link open=../../examples/components/opener.wasm", "--link gives open twice"},
	{"run ../../examples/components/leak.wasm open-once() --link open", `--link "open": it is NAME=FILE`},
	{"run ../../examples/components/leak.wasm open-once() --link opne=../../examples/components/race.wasm", `the component has no import "opne"; did you mean open?`},
	{"run ../../examples/components/leak.wasm open-once() --link open=../../examples/components/race.wasm", "type mismatch"},
	{"check ../../examples/components/race.wasm", "say which calls to check, as 'EXPORT(ARGUMENTS)': the component exports race"},
	{"check ../../examples/components/race.wasm rase()", `no function is exported as "rase"; did you mean race?`},
	{"check ../../examples/components/race.wasm race() --save @/empty", "@/empty cannot be written: @/empty is no directory"},
	{"check ../../examples/components/race.wasm race() --departures 0", "it is a whole number from 1 to 1000"},
	{"check ../../examples/components/none.wasm race()", "no such file"},
	// the input as output
	{"admits @/ok.cabi -o @/ok.cabi", "@/ok.cabi would be written over what is read, @/ok.cabi: give the output another name"},
	{"litmus @/ok.litmus --html @/ok.litmus", "@/ok.litmus would be written over what is read"},
	{"check @/ok.world --save @/ok.world", "@/ok.world would be written over what is read"},
	{"check @/ok.world --steps 1 --checkpoint @/ok.world", "@/ok.world would be written over what is read"},
	// names in headers and claims
	{"replay @/off.cabi", `@/off.cabi: line 2: unknown site "no/such"`},
	{"admits @/off.cabi", `@/off.cabi: line 2: unknown site "no/such"`},
	{"litmus @/off.cabi", `@/off.cabi: line 2: unknown site "no/such"`},
	{"replay @/claim.cabi", `@/claim.cabi: line 3: violates: unknown property "nope"`},
	{"replay @/claim.json", `@/claim.json: line 1: violates: unknown property "nope"`},
	{"shrink @/claim.cabi", `@/claim.cabi: line 3: violates: unknown property "nope"`},
	{"admits @/claim.cabi", `@/claim.cabi: line 3: violates: unknown property "nope"`},
	// commands
	{"nope", `unknown command "nope"; `},
	{"-", `unknown command "-"`},
	{"ünï", `unknown command "ünï"`},
	{"-x", "cabi has no flag -x; `cabi --help` lists its flags"},
	{"--=x", `"--=x" is no flag`},
	{"--help=x", `--help "x": it is true or false`},
	{"--version=z", `--version "z": it is true or false`},
	{"help check x", `cabi check has no commands, and so no help of "x"`},
	{"trace nope", "there are: convert, gen"},
	{"trace convert nope nope", "takes one file, or - for standard input, and got 2"},
	{"bench nope", "there are: m, page, worlds"},
	{"completion bash x", `cabi completion bash takes no arguments, and "x" is one`},
	{"completion bash --no-descriptions=x", "it is true or false"},
	// numbers
	{"check handles --steps 3 --steps 4", `--steps "4": it is given twice`},
	{"check handles --random --seed 1 --seed 2", `--seed "2": it is given twice`},
	{"replay @/ok.cabi --variant per-type --variant single-table", `--variant "single-table": it is given twice`},
	{"trace convert @/ok.cabi -o @/x --output @/y", `--output "@/y": it is given twice`},
	{"check handles --steps", "--steps takes a value: how many actions"},
	{"check handles --steps=", "it is a whole number from 1 to 1000"},
	{"check handles --steps 1.5", `--steps "1.5": it is a whole number from 1 to 1000`},
	{"check handles --steps 0x10", "it is a whole number from 1 to 1000"},
	{"check handles --tasks 18446744073709551616", "it is a whole number from 1 to 1000"},
	{"check handles --workers 0", "it is a whole number from 1 to 1000"},
	{"check handles --duration x", `--duration "x": it is a number with a unit, such as 30s or 10m`},
	{"check handles --duration 5", "it is a number with a unit"},
	{"check handles --duration 99999999999h", "it is a number with a unit"},
	{"check handles --memory x", "it is a number of bytes, such as 200MB or 2GB"},
	{"check handles --memory 0", "0 is too little: 16MB is the least"},
	{"check handles --memory -1GB", "it is a number of bytes"},
	{"check handles --memory 99999999999999999999", "it is a number of bytes"},
	{"check handles --random --seed -1", "it is a whole number from 0 to 18446744073709551615"},
	{"check handles --random --seed 18446744073709551616", "it is a whole number from 0 to 18446744073709551615"},
	{"check handles --random=maybe", "it is true or false"},
	{"wast --spec . x.wast", "cabi wast runs on the port, not on a definitions.py; these commands have --spec: admits, check, choices, litmus, replay, shrink, step, trace convert;"},
	{"diff --spec . handles", "for `cabi diff`, name the version as an argument"},
	{"check handles -z", "cabi check has no flag -z"},
	{"litmus @/ok.cabi --ways 0", "it is a whole number from 1"},
	{"trace gen -o @/new --runs -1", "it is a whole number from 1"},
	{"prove table", `unknown proof "table"; did you mean tables?`},
	{"prove tables tables", "tables is named twice"},
	{"prove --size -1", "--size -1: no state is smaller than 0"},
	{"prove --leave-out free-once", "--leave-out is for one proof"},
	{"prove --without Table.get/empty", "--without is for one proof"},
	{"prove tables --leave-out free-onc", `unknown clause "free-onc"; did you mean free-once?`},
	{"prove tables --without Table.get/emty", "Table.get/empty"},
	{"prove tables --without lift_own/type", "no operation of tables comes to it"},
	{"matrix --workers 1001", "it is a whole number from 1 to 1000"},
	{"bench m --size 1", `"1" is no size: it is T,H,L, as in 2,4,1`},
	{"bench m --size -1,1,1", "T and H are at least 1"},
	{"bench m --memory 1", "1 is too little: 16MB is the least"},
	{"upstream --dir @ --runs 0", "it is a whole number from 1"},
	{"upstream --dir @ --python cpyton", "--python \"cpyton\": it is one of interpreter, cpython, both; did you mean cpython?"},
	{"upstream --dir @ --stacks frame", "--stacks \"frame\": it is one of both, coroutines, frames; did you mean frames?"},
	{"upstream --dir @ --unpatched 5", "--unpatched has no effect without --python cpython or both"},
	{"upstream --dir @ --first -1", "it is a whole number from 0"},
	{"upstream --dir @ --unpatched -1", "it is a whole number from 0 on"},
	{"upstream --dir @ --seed x", "it is a whole number from 0 to 18446744073709551615"},
	// names
	{"check", "name one world to check: handles"},
	{"check all --handles 3", "--handles has no effect on all worlds: name one of them"},
	{"check all --random", "--random has no effect on all worlds"},
	{"check all --steps 2 --save @/empty", "@/empty cannot be written: @/empty is no directory"},
	{"check all --variant x", "unknown variant"},
	{"check all --property y", "unknown property"},
	{"check all --spec @/own.py --variant per-type", "--variant per-type is for the port"},
	{"check a b", "name one world to check: handles"},
	{"check handles --property ,", `unknown property ""`},
	{`check handles --property a"b`, "it is names with commas between them"},
	{"check handles --property nonzero,nonzero", "--property names nonzero twice"},
	{"list worlds properties", "list one of: worlds, properties, variants"},
	{"choices --runs 0", "it is a whole number from 1"},
	{"choices --git @", "--git is for --spec: name a revision with it"},
	{"replay @/ok.cabi --without nope", `unknown site "nope"`},
	{"bench worlds everything", "everything is too big to be exhausted"},
	// files that are read
	{"check @/pressed.world --spec @/own.py", "the limit on backpressure cannot be lowered: @/own.py does not compare it with 2**16 in canon_backpressure_inc"},
	{"upstream --dir @/own.py --every-state @/pressed.world", "the limit on backpressure cannot be lowered"},
	{"check @/turned.world", "the port has no thread.turn: world turned declares it for a definitions.py, which --spec names"},
	{"bench worlds @/turned.world", "the port has no thread.turn"},
	{"upstream --dir @/own.py --every-state @/turned.world", "the port has no thread.turn"},
	{"replay @/turned.cabi", "the port has no thread.turn"},
	{"shrink @/turned.cabi", "the port has no thread.turn"},
	{"admits @/turned.cabi", "the port has no thread.turn"},
	{"litmus @/turned.litmus", "the port has no thread.turn"},
	{"trace convert @/turned.cabi --to svg", "the port has no thread.turn"},
	{"check @/turnd.world --spec @/own.py", "has no function canon_thread_turnd; did you mean canon_thread_turn?"},
	{"check @/class.world --spec @/own.py", "has no function Table"},
	{"check @/many.world --spec @/own.py", "canon_thread_turn takes 1 argument in @/own.py, and world turned declares 2: thread.turn(i32, thread) -> () = canon_thread_turn"},
	{"replay @/turns.cabi --spec @/own.py", "line 7: thread.turn takes 1 numbers, got 2"},
	{"litmus @/turnt.litmus --spec @/own.py", `unknown action "thread.turnt"; did you mean thread.turn`},
	{"check @/kind.world", `line 4, column 9: world turned: thread.turn takes a "thred", which there is not; did you mean thread?`},
	{"check @/result.world", `thread.turn returns a "u32", which is no core type`},
	{"check @/taken.world", "thread.yield is an action already"},
	{"check @/twice.world", "line 5, column 9: world turned: two built-ins are called thread.turn"},
	{"check @/words.world", "thread.turn has 3 immediates: at most 2"},
	{"check @/equals.world", `line 4, column 26: expected "=" and the function`},
	{"check @/open.world", `line 4, column 25: expected "," or ")"`},
	{"check @/dotted.world", `"canon.thread" is no name of a function`},
	{"check @/memory.world --spec @/own.py", "instance A has no memory"},
	{"check @/menu.world --spec @/own.py", `unknown action "thread.turned"; did you mean thread.turn`},
	{"replay @/ok.cabi --without canon_thread_turn#4 --spec @/own.py", `unknown site "canon_thread_turn#4"; did you mean canon_thread_turn#`},
	{"replay @/ok.cabi --without Table.get/bounds --spec @/own.py", "own.py has no Table.get/bounds to switch off"},
	{"replay @/off.py.cabi", `unknown site "canon_thread_turn#2"`},
	{"replay @/two.py.cabi --spec @/own.py", "canon_thread_turn#3 cannot be switched off: it does not stand alone on its line"},
	{"replay @/ok.cabi --variant per-type --spec @/own.py", "--variant per-type is for the port"},
	{"admits @/ok.cabi --variant any --spec @/own.py", "is for the port"},
	{"litmus @/ok.litmus --spec @/none", "@/none holds no definitions.py"},
	{"shrink @/ok.cabi --git @", "--git is for --spec"},
	{"admits @/ok.cabi --git @", "--git is for --spec"},
	{"trace convert @/ok.cabi --git @", "--git is for --spec"},
	{"upstream --dir @ --every-state handels", "did you mean handles?"},
	{"check handles --variant per-type --spec @/own.py", "--variant per-type is for the port"},
	{"check handles --git @", "--git is for --spec"},
	{"replay @/none", "@/none: no such file or directory"},
	{"shrink @/none", "@/none: no such file or directory"},
	{"trace convert @/none", "@/none: no such file or directory"},
	{"litmus @/none", "@/none: no such file or directory"},
	{"replay @", "@ is a directory: name a file, or - for standard input"},
	{"litmus @", "@ is a directory"},
	{"replay @/ok.cabi/x", "@/ok.cabi/x: not a directory"},
	{"replay - -", "standard input, -, is named twice"},
	{"replay -", "-: line 1: no world"},
	{"replay @/empty", "@/empty: line 1: no world: a trace begins with a line such as"},
	{"replay @/binary", "@/binary: line 1: not text: a trace is UTF-8, or JSON lines"},
	{"replay @/long", "@/long: line 1: too long: a line has at most 1048576 bytes"},
	{"litmus @/long", "@/long: line 1: too long: a line has at most 1048576 bytes"},
	{"replay @/nul.cabi", "@/nul.cabi: line 2: not text"},
	{"replay @/latin1.cabi", "@/latin1.cabi: line 2: not text"},
	{"replay @/negative", `@/negative: line 2: resource.new: "-1" is no number`},
	{"replay @/huge", `@/huge: line 2: resource.new: "18446744073709551616" is no number`},
	{"replay @/format", "@/format: line 1: the trace has format 18446744073709551616"},
	{"replay @/choice", `@/choice: line 2: the choice "4294967296" is no number`},
	{"replay @/two", "@/two: line 2: a second world: a trace has one"},
	{"replay @/unknown", `@/unknown: line 1: the world "handels" is not a named one, and is not defined: write its lines (instance …, func …) below this one, or the name of its file, which ends in .world; did you mean handles?`},
	{"replay @/claimless", "@/claimless: line 3: violates what? Name a property"},
	{"shrink @/claimless", "@/claimless: line 3: violates what? Name a property"},
	{"trace convert @/claimless", "@/claimless: line 3: violates what? Name a property"},
	{"trace convert @/unheard.site", "xxx…\"; `cabi sites` lists them"},
	{"trace convert @/exception", "@/exception: line 3: an exception has no site"},
	{"replay @/odd", `@/odd: line 1: "variant" has no value`},
	{"replay @/list", `@/list: line 2: the world: "instances" is to be a list`},
	{"replay @/key", `@/key: line 2: the world: unknown key "mem"; did you mean memory or memory64?`},
	{"shrink @/cut", "@/cut: line 2: the world: it ends within an object"},
	{"litmus @/undefined", "@/undefined: line 2: the world: it ends within an object"},
	{"replay @/memory", `@/memory: line 2: the world: "memory": 18446744073709551616 is too large`},
	{"replay @/deep", `@/deep: line 2: the world: "name" is to be a text in quotes`},
	{"replay @/json", "@/json: line 1: not a line of a trace in JSON: it ends within an object"},
	{"replay @/json.list", "@/json.list: line 2: not a line of a trace in JSON: the line is to be an object"},
	{"replay @/json.text", `@/json.text: line 1: not a line of a trace in JSON: "version" is to be a number`},
	{"replay @/json.half", `@/json.half: line 1: not a line of a trace in JSON: "version": 1.5 is`},
	{"replay @/json.twice", `@/json.twice: line 1: not a line of a trace in JSON: "kind" stands there twice`},
	{"replay @/json.case", `@/json.case: line 1: not a line of a trace in JSON: unknown key "Kind"`},
	{"replay @/json.id", "@/json.id: line 1: the id is 0123456789abcdef, and that of the trace below is"},
	{"replay @/json.line", "@/json.line: line 2: the id is 2, and this is line 1 after the header"},
	{"replay @/json.nul", "@/json.nul: line 1: \"a\\x00b\" cannot stand in a trace"},
	{"replay @/json.utf8", "@/json.utf8: line 1: not a line of a trace in JSON: it is no UTF-8"},
	{"check handles --resume @/none", "@/none: no such file or directory"},
	{"check handles --resume @/empty", "@/empty: it is damaged, or no checkpoint at all"},
	{"check handles --resume @/binary", "@/binary: it is damaged, or no checkpoint at all"},
	{"check handles --resume @", "@ cannot be written: it is a directory"},
	{"replay @/ok.cabi --upstream @/none", "@/none holds no definitions.py: name the directory"},
	{"upstream --dir @/none", "@/none holds no definitions.py: name the directory"},
	{"upstream", "name a checkout of WebAssembly/component-model: --dir DIR"},
	{"port --upstream @/none", "@/none is no checkout of WebAssembly/component-model: it does not exist"},
	{"port --upstream @/empty", "@/empty is no definitions.py"},
	{"port --source @/none", "@/none holds no upstream.json"},
	{"sites --source @/none", "@/none holds no upstream.json"},
	{"port --fill --manifest @/none.json", "@/none.json: no such file or directory"},
	{"port --fill --manifest @/empty", "@/empty: the name of a manifest ends in .json"},
	{"port --fill --manifest @/nothing.json", "@/nothing.json: not a manifest of definitions.py"},
	{"port --fill --manifest @/number.json", "@/number.json: not a manifest of definitions.py"},
	{"sites --record --manifest @/number.json", "@/number.json: not a manifest of definitions.py"},
	// files that are written
	{"check handles --save @/none/x", "@/none/x cannot be written: there is no directory @/none"},
	{"check handles --save @", "@ cannot be written: it is a directory"},
	{"check handles --save @/empty --keep-going", "@/empty cannot be written: @/empty is no directory"},
	{"check handles --save @/empty/x", "@/empty/x cannot be written: not a directory"},
	{"check handles --checkpoint @/none/x", "@/none/x cannot be written: there is no directory @/none"},
	{"check handles --checkpoint @", "@ cannot be written: it is a directory"},
	{"check handles --memory 1GB --disk @/none", "--disk @/none: there is no such directory"},
	{"bench m --memory 1GB --disk @/empty", "--disk @/empty: there is no such directory"},
	{"shrink @/ok.cabi -o @/none/x", "@/none/x cannot be written: there is no directory @/none"},
	{"trace convert @/ok.cabi -o @", "@ cannot be written: it is a directory"},
	{"trace convert @/ok.cabi -o @/none/x", "@/none/x cannot be written: there is no directory @/none"},
	{"trace gen", "name the directory to write to: -o DIR"},
	{"trace gen -o @/empty", "@/empty cannot be written: @/empty is no directory"},
	{"traps -o @/empty/x", "@/empty/x cannot be written: not a directory"},
	{"port --record", "--record needs --upstream DIR"},
}

// Bad input of every kind, given to every command, ends with 2, and a message in plain words that names the flag, file or line. No file
// is changed, and none is left.
func TestBadArguments(t *testing.T) {
	dir := writeBadFiles(t)
	for _, c := range badArguments {
		args := strings.Fields(strings.ReplaceAll(c.args, "@", dir))
		refused(t, strings.ReplaceAll(c.want, "@", dir), args...)
	}
	checkBadFiles(t, dir)
}

// refused runs the command, which is to refuse its arguments.
func refused(t *testing.T, want string, args ...string) {
	t.Helper()
	root := newRootCommand()
	root.SetIn(strings.NewReader(""))
	out, code, err := execute(root, args...)
	switch {
	case code != 2 || err == nil || out != "":
		t.Errorf("cabi %q: exit %d, %v, want 2:\n%s", args, code, err, out)
	case !strings.Contains(err.Error(), want):
		t.Errorf("cabi %q: %v\nwant …%s…", args, err, want)
	case foreign.MatchString(err.Error()):
		t.Errorf("cabi %q: %v: %q is no word for people", args, err, foreign.FindString(err.Error()))
	}
}

func writeBadFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range badFiles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// checkBadFiles sees whether the files are as they were written, and no others.
func checkBadFiles(t *testing.T, dir string) {
	t.Helper()
	for _, entry := range must(os.ReadDir(dir)) {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if want, known := badFiles[entry.Name()]; err != nil || !known || string(text) != want {
			t.Errorf("%s was written or left: %v", entry.Name(), err)
		}
	}
}

// An argument or a flag that is given and empty is refused.
func TestEmptyArguments(t *testing.T) {
	dir := writeBadFiles(t)
	ok := filepath.Join(dir, "ok.cabi")
	for _, args := range [][]string{
		{"check", "handles", "--variant"}, {"check", "handles", "--property"}, {"check", "handles", "--save"},
		{"check", "handles", "--memory", "1GB", "--disk"}, {"check", "handles", "--checkpoint"}, {"check", "handles", "--resume"},
		{"replay", ok, "--variant"}, {"replay", ok, "--without"}, {"replay", ok, "--upstream"},
		{"shrink", ok, "--property"}, {"shrink", ok, "-o"}, {"trace", "convert", ok, "--to"}, {"trace", "convert", ok, "-o"},
		{"trace", "gen", "-o"}, {"traps", "-o"}, {"matrix", "--variant"}, {"matrix", "--reference"}, {"bench", "m", "--size"},
		{"port", "--upstream"}, {"port", "--source"}, {"port", "--record", "--manifest"}, {"sites", "--source"}, {"upstream", "--dir"},
	} {
		refused(t, "is given and empty: give it a value, or leave it out", append(args, "")...)
	}
	for _, args := range [][]string{{"replay"}, {"shrink"}, {"litmus"}, {"trace", "convert"}} {
		refused(t, "the name of the file is empty", append(args, "")...)
	}
	for _, args := range [][]string{{}, {"check"}, {"explain"}, {"list"}, {"bench", "worlds"}} {
		refused(t, `unknown`, append(args, "")...)
	}
}

// The name of a file may have any characters, and stands in the message.
func TestStrangeNames(t *testing.T) {
	dir := writeBadFiles(t)
	file := filepath.Join(dir, "a ü 日本")
	for _, command := range [][]string{{"replay"}, {"shrink"}, {"trace", "convert"}} {
		refused(t, file+": line 1: expected a line such as", append(command, file)...)
	}
}

// Line ends of other systems and a byte order mark are no bad input.
func TestTextOfOtherSystems(t *testing.T) {
	for _, text := range []string{"world handles\r\nA: resource.new R 100 -> 1\r\n", "\uFEFFworld handles\nA: resource.new R 100 -> 1\n",
		"\uFEFF{\"kind\":\"trace\",\"version\":1,\"world\":\"handles\"}\r\n"} {
		for _, command := range [][]string{{"replay"}, {"trace", "convert"}} {
			file := filepath.Join(t.TempDir(), "a.cabi")
			if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			if out, code, err := execute(newRootCommand(), append(command, file)...); code != 0 {
				t.Errorf("cabi %q of %q: exit %d, %v: %s", command, text, code, err, out)
			}
		}
	}
}
