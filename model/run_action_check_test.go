package model

import (
	"strings"
	"testing"

	"cabi/spec"
)

// hostingWorld is a world in which the host is called, and has streams that it implements and streams of the specification.
const hostingWorld = `world hosting
define {"name":"hosting","instances":[{"name":"A","memory":64}],"resources":[{"name":"R","impl":"A"}],` +
	`"funcs":[{"name":"A.run"},{"name":"A.take","params":["stream<u8>"]},{"name":"A.give","results":["stream<u8>"]},` +
	`{"name":"host.f","params":["u32"],"results":["u32"],"async":true}],"imports":[{"instance":"A","func":"host.f"}]}
`

// An action that cannot be taken where a trace has it is an error of its line.
func TestRefusedActions(t *testing.T) {
	const called = "host: invoke A.run\nA: call host.f 3\n"
	const taken = "host: invoke A.take 0\nA: return\n"                                     // a stream of the specification, made by the host
	const reading = "host: invoke A.take 1\nA: stream.read u8 async 1 0 1\nhost: return\n" // a stream that the host implements
	for _, c := range []struct{ trace, want string }{
		{"host: resource.new R 1", "resource.new is not for host"},
		{"host: return", "return is not for host"},
		{"host: invoke A.run\nA: tick", "tick is not for A"},
		{"host: invoke A.run\nA: stop", "stop is not for A"},
		{"host: invoke A.run\nA: host.start 0", "host.start is not for A"},
		{"host: invoke A.run\nA: resource.new R 1.5", "1.5 is no i32"},
		{"host: invoke A.run\nA: memory.store", "an address"},
		{"host: invoke A.run\nA: memory.store 57 1", "out of the 64 bytes"},
		{"host: invoke A.run\nA: memory.store 0xffffffffffffffff 1", "out of the 64 bytes"},
		{"host: invoke A.run 1", "takes 0 values"},
		{"host: invoke A.take 0.5", "0.5 is no stream<u8>"},
		{"host: cancel 0", "only 0 calls"},
		{"host: host.start 0", "only 0 calls"},
		{called + "host: tick", "tick is not for host"},
		{called + "host: stop", "stop is not for host"},
		{called + "host: throw", "throw is not for host"},
		{called + "host: cancel 0", "has not come back"},
		{called + "host: invoke nobody.f", "unknown function"},
		{called + "host: host.resolve 0 7", "has not started"},
		{called + "host: host.resolve-cancelled 0", "nobody has asked"},
		{called + "host: host.start 0\nhost: host.start 0", "started already"},
		{called + "host: host.start 0\nhost: host.resolve 0", "takes 2 values"},
		{called + "host: host.start 0\nhost: host.resolve 0 7\nhost: host.resolve 0 7", "resolved already"},
		{called + "host: return 1", "takes 0 values"},
		{"host: shared.drop 0", "knows only 0"},
		{taken + "host: shared.read 0 1", "no end of 0 to read"},
		{taken + "host: shared.write 0 65537 0", "at most 65536"},
		{taken + "host: shared.write 0 1 0\nhost: shared.write 0 1 0", "copying already"},
		{taken + "host: shared.cancel 0", "no copy of the host's"},
		{taken + "host: shared.reclaim 0", "no copy in 0"},
		{taken + "host: shared.copy 0 1 0", "no copy is pending in 0"},
		{taken + "host: shared.drop 0\nhost: shared.drop 0", "no end of 0"},
		{reading + "A: return\nhost: shared.write 0 1 0", "no end of 0 to write"},
		{reading + "A: return\nhost: shared.copy 0 2 0", "2 elements are too many"},
		{reading + "A: return\nhost: shared.done 0 3", "does not end with 3"},
	} {
		if err := replayed(t, hostingWorld+c.trace); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want …%s…", c.trace, err, c.want)
		}
	}
}

// The host can act while it is called: as a function, to cancel a call, to read from a stream that it implements.
func TestHostActsAmidCalls(t *testing.T) {
	for _, text := range []string{
		"host: invoke A.run\nA: call host.f 3\nhost: host.start 0\nhost: host.resolve 0 7\nhost: return\nA: done call host.f 3 -> 7\nA: return",
		"host: invoke A.run\nA: call host.f 3\nhost: invoke A.run",
		"host: invoke A.take 1\nA: stream.read u8 async 1 0 1\nhost: shared.copy 0 1 5\nhost: shared.done 0 0\nhost: return\nA: return\nhost: stop",
		"host: invoke A.give\nA: stream.new u8\nA: return 1\nhost: shared.read 0 2\nhost: shared.cancel 0\nhost: shared.drop 0\nhost: stop",
	} {
		trace, err := ParseTrace(strings.NewReader(hostingWorld + text))
		if err != nil {
			t.Fatal(err)
		}
		replay, err := RunTrace(trace, spec.SingleTable)
		if err != nil || replay.Departs != nil {
			t.Errorf("%s: %v, departs at %v: %s", text, err, replay, text)
		}
	}
}
