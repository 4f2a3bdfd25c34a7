package component

import (
	"errors"
	"testing"

	"cabi/spec"
)

// FuzzComponent decodes any input, and validates and links what can be decoded, within a budget. Whatever comes of it, nothing panics or hangs.
func FuzzComponent(f *testing.F) {
	for _, c := range []*builder{newBuilder(), adder(), greeter(), crasher(), threads(), nested(), resources(), options(), asyncCaller(), caller()} {
		f.Add(c.b)
	}
	e := NewEngine(EngineOptions{MemoryPages: 16, TableElements: 1000, Interruptible: true})
	f.Fuzz(func(t *testing.T, binary []byte) {
		c, err := Decode(binary)
		if err != nil {
			var decode *DecodeError
			if !errors.As(err, &decode) || decode.Offset < 0 || decode.Offset > len(binary) || decode.Section == "" || decode.Rule == "" {
				t.Fatalf("the error of decoding %x says too little: %v", binary, err)
			}
			return
		}
		if err := e.validate(c, RunOptions{MaxInstances: 100}); err != nil {
			var link *LinkError
			if !errors.As(err, &link) || link.Offset <= 0 || link.Offset > len(binary) {
				t.Fatalf("the error of validating %x says too little: %v", binary, err)
			}
		}
		linkWithinBudget(t, e, c)
	})
}

func linkWithinBudget(t *testing.T, e *Engine, c *Component) {
	ctx, cancel := shortly()
	defer cancel()
	r := e.NewRun(RunOptions{Context: ctx, MaxCalls: 1000, MaxTicks: 100, MaxInstances: 100})
	defer e.Forget(c)
	defer r.Close()
	inst, err := r.Instantiate(c, nil)
	if err != nil {
		return
	}
	for _, name := range inst.Names() {
		if f, err := inst.Func(name); err == nil && len(f.Type.Params) == 0 && r.Stopped() == nil {
			_, err := r.Call(f)
			var fault *spec.Fault
			if errors.As(err, &fault) {
				t.Fatal(err)
			}
		}
	}
}
