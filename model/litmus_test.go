package model_test

import (
	"strings"
	"testing"

	"cabi/model"
)

// A claim may compare two names.
func TestLitmusNamesCompared(t *testing.T) {
	l, err := model.ParseLitmus(strings.NewReader(`world handles
in A.run
  $r = resource.new R 100
  resource.drop R $r
  $s = resource.new S 200 | skip
  $t = resource.new R 300
allowed $r = $s
allowed $r = $t
always $r = $s
allowed $s != $t
`))
	if err != nil {
		t.Fatal(err)
	}
	report, err := l.Explore(model.LitmusOptions{Tries: 100})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []model.Verdict{model.Holds, model.Holds, model.Fails, model.Holds} {
		if _, got := l.Claims[i].Judge(report); got != want {
			t.Errorf("%s: %v", l.Claims[i], got)
		}
	}
}

// An error of a litmus says how to mend it.
func TestLitmusErrorsHelp(t *testing.T) {
	for text, want := range map[string]string{
		"world handles\nin A.ran\n":                       "A.run",
		"world handles\nin A.run\n resource.new R 1 -> 1": "claim what it is",
	} {
		if _, err := model.ParseLitmus(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
