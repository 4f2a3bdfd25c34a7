package traps

import (
	"fmt"

	"cabi/model"
)

// A scenario is a small world for traps that no program in the named worlds takes. Its menus list the whole actions that are tried in
// each activation.
type scenario struct {
	exploration
	steps int // the bound on actions
}

// search is the search for violations of some properties within the scenario.
func (s *scenario) search(of ...*model.Property) model.Search {
	search := s.exploration.search(of...)
	search.Bounds.Steps = s.steps
	return search
}

// Scenarios are the searches through the scenarios for violations of some properties.
func Scenarios(of ...*model.Property) []model.Search {
	var all []model.Search
	for _, s := range scenarios {
		all = append(all, s.search(of...))
	}
	return all
}

// builtins are the built-ins that check may_leave, with operands that name nothing.
var builtins = []string{
	"resource.new R 1", "resource.drop R 1", "task.return ()", "task.cancel", "waitable-set.new", "waitable-set.wait uncancellable 2 0",
	"waitable-set.poll uncancellable 2 0", "waitable-set.drop 2", "waitable.join 1 2", "subtask.cancel async 1", "subtask.drop 1",
	"stream.new u8", "future.new u8", "stream.read u8 async 1 0 1", "stream.write u8 async 2 0 1", "future.read u8 async 1 0",
	"future.write u8 async 2 0", "stream.cancel-read u8 async 1", "stream.drop-readable u8 1", "stream.drop-writable u8 2",
	"thread.index", "thread.new-indirect i32 1 0", "thread.resume-later 2", "thread.suspend uncancellable", "thread.yield uncancellable",
	"thread.suspend-then-resume uncancellable 2", "thread.yield-then-resume uncancellable 2", "thread.suspend-then-promote uncancellable 2",
	"thread.yield-then-promote uncancellable 2", "error-context.new 0 0", "error-context.debug-message 1 0", "error-context.drop 1",
	"call B.none",
}

// scenarios are all scenarios, in the order in which they are explored.
var scenarios = []*scenario{leaveScenario, classScenario, typeScenario, valueScenario, utf16Scenario, resultScenario, callbackScenario, fullScenario,
	pressureScenario, copyScenario, storeScenario("to-utf8", ""), storeScenario("to-utf16", "utf16"), storeScenario("to-latin1", "latin1+utf16"), listScenario}

var leaveScenario = &scenario{exploration{
	world: &model.World{
		Name:      "trap-leave",
		Instances: []model.Instance{{Name: "A", Memory: 64}, {Name: "B"}},
		Resources: []model.Resource{{Name: "R", Impl: "A"}},
		Funcs:     []model.Func{{Name: "A.run", PostReturn: true}, {Name: "B.none"}},
		Imports:   []model.Import{{Instance: "A", Func: "B.none"}},
	},
	menus: map[string][]string{
		model.Host: {"invoke A.run"}, "A.run": {"return", "resource.new R 1", "stream.new u8", "future.new u8", "waitable-set.new",
			"error-context.new 0 0", "thread.new-indirect i32 1 0"},
		"A.run.post-return": append([]string{"return"}, builtins...), "B.none": {"return"}, "A.thread": {"return"},
	},
}, 3}

var classScenario = &scenario{exploration{
	world: &model.World{
		Name:      "trap-classes",
		Instances: []model.Instance{{Name: "A", Memory: 64}, {Name: "B"}, {Name: "C"}},
		Resources: []model.Resource{{Name: "R", Impl: "A"}},
		Funcs: []model.Func{{Name: "A.run"}, {Name: "B.own", Params: []string{"own<R>"}}, {Name: "B.see", Params: []string{"borrow<R>"}},
			{Name: "B.stream", Params: []string{"stream<u8>"}}, {Name: "B.error", Params: []string{"error-context"}}, {Name: "C.own", Params: []string{"own<R>"}}},
		Imports: []model.Import{{Instance: "A", Func: "B.own"}, {Instance: "A", Func: "B.see"}, {Instance: "A", Func: "B.stream"},
			{Instance: "A", Func: "B.error"}, {Instance: "B", Func: "C.own"}},
	},
	menus: map[string][]string{
		model.Host: {"invoke A.run"},
		"A": {"waitable-set.new", "resource.new R 1", "stream.new u8", "stream.new u16", "resource.drop R 1", "resource.rep R 1",
			"error-context.drop 1", "error-context.debug-message 1 0", "subtask.drop 1", "subtask.cancel async 1", "waitable-set.drop 1",
			"waitable-set.poll uncancellable 1 0", "waitable-set.wait uncancellable 1 0", "waitable.join 1 0", "waitable.join 1 3", "call B.own 1",
			"call B.see 1", "call B.stream 1", "call B.error 1", "stream.drop-readable u8 1", "stream.cancel-read u8 async 1", "return"},
		"B.see": {"call C.own 1", "resource.drop R 1", "return"}, "B": {"return"}, "C": {"return"},
	},
}, 5}

var typeScenario = &scenario{exploration{
	world: &model.World{
		Name:      "trap-types",
		Instances: []model.Instance{{Name: "A", Memory: 64}},
		Funcs:     []model.Func{{Name: "A.run", Async: true, Lift: "stackful"}},
	},
	menus: map[string][]string{
		model.Host: {"invoke A.run", "tick"},
		"A": {"future.new u8", "future.read u16 async 1 0", "future.read u8 sync 1 0", "future.write u16 async 2 0", "future.cancel-read u16 async 1",
			"stream.new u8", "stream.read u16 async 1 0 1", "stream.cancel-read u16 async 1", "stream.drop-readable u16 1", "stream.read u8 async 1 0 1",
			"waitable-set.new", "waitable.join 1 3", "task.return (u32) 5", "task.return-other ()", "thread.new-indirect i32 2 0",
			"thread.resume-later 2", "thread.yield uncancellable", "task.return ()", "return"},
		"A.thread": {"return"},
	},
}, 5}

var valueScenario = &scenario{exploration{world: valueWorld("trap-values", ""), menus: valueMenus}, 3}

var utf16Scenario = &scenario{exploration{world: valueWorld("trap-values-utf16", "utf16"), menus: valueMenus}, 3}

func valueWorld(name, encoding string) *model.World {
	w := &model.World{Name: name, Instances: []model.Instance{{Name: "A", Memory: 64, Encoding: encoding}, {Name: "B", Memory: 64}},
		Funcs: []model.Func{{Name: "A.run"}}, Limits: model.Limits{StringByteLength: 16, ListByteLength: 16}}
	for _, f := range []model.Func{
		{Name: "B.char", Params: []string{"char"}}, {Name: "B.string", Params: []string{"string"}}, {Name: "B.list", Params: []string{"list<u16>"}},
		{Name: "B.option", Params: []string{"option<u8>"}}, {Name: "B.options", Params: []string{"list<option<u8>>"}},
		{Name: "B.many", Params: []string{"tuple<u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u8,u32>"}},
	} {
		w.Funcs = append(w.Funcs, f)
		w.Imports = append(w.Imports, model.Import{Instance: "A", Func: f.Name})
	}
	return w
}

var valueMenus = map[string][]string{
	model.Host: {"invoke A.run"},
	"A": {"memory.store 0 255", "call B.char 97", "call B.char 1114112", "call B.char 55296", "call B.string 0 0", "call B.string 0 1", "call B.string 60 10",
		"call B.string 0 20", "call B.string 1 1", "call B.list 0 1", "call B.list 0 10", "call B.list 1 1", "call B.list 60 4",
		"call B.option 5 0", "call B.options 0 1", "call B.many 0", "call B.many 1", "call B.many 4096", "return"},
	"B": {"return"},
}

var resultScenario = &scenario{exploration{
	world: &model.World{
		Name:      "trap-results",
		Instances: []model.Instance{{Name: "A", Memory: 64}, {Name: "B", Memory: 64}},
		Funcs:     []model.Func{{Name: "A.run"}, {Name: "B.two", Results: []string{"tuple<u32,u32>"}}, {Name: "A.two", Results: []string{"tuple<u32,u32>"}}},
		Imports:   []model.Import{{Instance: "A", Func: "B.two"}},
	},
	menus: map[string][]string{
		model.Host: {"invoke A.run", "invoke A.two"}, "A.run": {"call B.two 0", "call B.two 1", "call B.two 4096", "return"},
		"A.two": {"return 0", "return 1", "return 4096"}, "B": {"return 0", "return 1", "return 4096"},
	},
}, 3}

var callbackScenario = &scenario{exploration{
	world: &model.World{
		Name:      "trap-callbacks",
		Instances: []model.Instance{{Name: "A", Memory: 64}},
		Funcs:     []model.Func{{Name: "A.run", Async: true, Lift: "callback"}},
	},
	menus: map[string][]string{
		model.Host: {"invoke A.run", "tick"},
		"A":        {"stream.new u8", "task.return ()", "return 0", "return 1", "return 3", "return 18"},
	},
}, 4}

var fullScenario = &scenario{exploration{
	world: &model.World{
		Name:      "trap-full",
		Instances: []model.Instance{{Name: "A", Memory: 64}},
		Resources: []model.Resource{{Name: "R", Impl: "A"}},
		Funcs:     []model.Func{{Name: "A.run"}},
		Limits:    model.Limits{TableLength: 2},
	},
	menus: map[string][]string{model.Host: {"invoke A.run"}, "A": {"resource.new R 1", "resource.drop R 1", "return"}},
}, 4}

var pressureScenario = &scenario{exploration{
	world: &model.World{
		Name:      "trap-backpressure",
		Instances: []model.Instance{{Name: "A"}},
		Funcs:     []model.Func{{Name: "A.run"}},
		Limits:    model.Limits{InitialBackpressure: 1<<16 - 1},
	},
	menus: map[string][]string{model.Host: {"invoke A.run"}, "A": {"backpressure.inc", "backpressure.dec", "return"}},
}, 3}

var copyScenario = &scenario{exploration{
	world: &model.World{
		Name:      "trap-copies",
		Instances: []model.Instance{{Name: "A", Memory: 64}},
		Funcs:     []model.Func{{Name: "A.run"}},
		Limits:    model.Limits{BufferLength: 20},
	},
	menus: map[string][]string{
		model.Host: {"invoke A.run"},
		"A": {"stream.new u16", "stream.read u16 async 1 0 1", "stream.write u16 async 2 0 21", "stream.write u16 async 2 1 1",
			"stream.write u16 async 2 50 20", "stream.new string", "stream.read string async 1 0 1", "stream.write string async 2 0 1",
			"future.new string", "future.read string async 1 0", "future.write string async 2 0", "return"},
	},
}, 5}

// storeScenario is a scenario in which the host passes strings, which are stored where the guest's realloc returns.
func storeScenario(name, encoding string) *scenario {
	s := &scenario{exploration{
		world: &model.World{
			Name:      "trap-" + name,
			Instances: []model.Instance{{Name: "A", Memory: 64, Encoding: encoding, Realloc: "guest"}},
			Funcs:     []model.Func{{Name: "A.take", Params: []string{"string"}}},
		},
		menus: map[string][]string{"A.realloc": {"return 0", "return 1", "return 4096"}, "A": {"return"}},
	}, 5}
	for _, n := range []int{1, 9, 17, 26, 34, 42, 51, 59, 67, 617, 618, 626, 642} {
		s.menus[model.Host] = append(s.menus[model.Host], fmt.Sprintf("invoke A.take %d", n))
	}
	return s
}

var listScenario = &scenario{exploration{
	world: &model.World{
		Name:      "trap-lists",
		Instances: []model.Instance{{Name: "A", Memory: 64, Realloc: "guest"}},
		Funcs:     []model.Func{{Name: "A.take", Params: []string{"list<u16>"}}},
	},
	menus: map[string][]string{model.Host: {"invoke A.take 1"}, "A.realloc": {"return 0", "return 1", "return 4096"}, "A": {"return"}},
}, 3}
