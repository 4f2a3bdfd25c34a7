package wast

import (
	"strings"
	"testing"

	"cabi/component"
	"cabi/spec"
)

const trapping = "\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x08\x01\x00\x0a\x05\x01\x03\x00\x00\x0b"

// Core modules are made, and refused if they are invalid.
func TestCoreModules(t *testing.T) {
	invalid := strings.Replace(trapping, "\x0a\x05\x01\x03\x00\x00\x0b", "\x0a\x05\x01\x03\x00\x1a\x0b", 1) // drop of nothing
	imports := "\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x02\x07\x01\x01a\x01b\x00\x00"
	for _, c := range []struct {
		kind    Kind
		binary  string
		message string
		want    Status
	}{
		{Component, "\x00asm\x01\x00\x00\x00", "", Passed},
		{Component, imports, "", Unsupported},
		{Component, invalid, "", Failed},
		{Definition, imports, "", Passed},
		{AssertTrap, trapping, "unreachable", Passed},
		{AssertTrap, trapping, "out of bounds", Elsewhere},
		{AssertInvalid, invalid, "type mismatch", Passed},
		{AssertInvalid, imports, "type mismatch", Failed},
		{AssertMalformed, "\x00asm\x02\x00\x00\x00", "unknown binary version", Passed},
	} {
		runner := NewRunner(t.Context())
		p := Prepare(&Script{Directives: []*Directive{{Kind: c.kind, Core: true, Component: &Source{Binary: []byte(c.binary), Core: true}, Message: c.message}}}, nil)
		if o := runner.Run(p, Policy, spec.SingleTable)[0]; o.Status != c.want {
			t.Errorf("%s of %q: %v, want %s", c.kind, c.binary, o, c.want)
		}
		runner.Close()
	}
}

// Components that import what was registered share its store; others do not.
func TestRegister(t *testing.T) {
	script, err := Parse(`(component $a binary "` + escaped(component.OfModule([]byte("\x00asm\x01\x00\x00\x00"), true)) + `")
(component $other binary "\00asm\0d\00\01\00")
(register "lib" $a)
(component $b binary "\00asm\0d\00\01\00" "\07\03\01\42\00" "\0a\08\01\00\03lib\05\00")
(register "x" $none)
(module binary "\00asm\01\00\00\00")`)
	if err != nil {
		t.Fatal(err)
	}
	p := Prepare(script, nil)
	if p.inCase[0] != p.inCase[3] || p.inCase[0] == p.inCase[1] || len(p.cases) != 3 || len(p.inCase[0].steps) != 3 {
		t.Errorf("%d cases", len(p.cases))
	}
	runner := NewRunner(t.Context())
	defer runner.Close()
	for i, o := range runner.Run(p, Policy, spec.SingleTable) {
		if (o.Status == Passed) == (i == 4) {
			t.Errorf("directive %d: %v, made %v", i, o, p.made[i])
		}
	}
}

func escaped(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		s.WriteString(`\` + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]))
	}
	return s.String()
}
