package model

import (
	"strings"
	"testing"
)

// The header of a trace that was found on another definitions.py than the pin's names that one, as text and in JSON.
func TestHeaderNamesTheVersion(t *testing.T) {
	const text = "world handles  variant single-table  spec 55ef2fa38c50\nA: resource.new R 100 -> 1\n"
	trace, err := ParseTrace(strings.NewReader(text))
	if err != nil || trace.String() != text {
		t.Fatalf("%v, %s", err, trace)
	}
	var b strings.Builder
	if err := trace.WriteJSON(&b); err != nil || !strings.Contains(b.String(), `"spec":"55ef2fa38c50"`) || strings.Contains(b.String(), `"pin"`) {
		t.Fatalf("%v, %s", err, &b)
	}
	again, err := ReadTrace(strings.NewReader(b.String()))
	if err != nil || !strings.Contains(again.String(), "spec 55ef2fa38c50") {
		t.Errorf("%v, %s", err, again)
	}
	_, err = ParseTrace(strings.NewReader("world handles spec main\n"))
	if err == nil || !strings.Contains(err.Error(), "the first 12 digits of the SHA-256") {
		t.Errorf("%v", err)
	}
}
