package main

import (
	"encoding/json"
	"os"
	"testing"

	"cabi/internal/bench"
)

// The search of the model M finds all its states, within the memory that it is given. With CABI_LONG there are ten million.
func TestBenchM(t *testing.T) {
	size, memory, most := "2,3,2", "16MB", int64(100<<20) // the program of the test takes some memory itself
	if os.Getenv("CABI_LONG") != "" {
		size, memory, most = "2,4,2", "200MB", 200<<20
	}
	out, err := cabiCommand("bench", "m", "--size", size, "--memory", memory, "--json").Output()
	var m bench.Measurement
	if err == nil {
		err = json.Unmarshal(out, &m)
	}
	if err != nil || m.States == 0 || m.Peak > most {
		t.Errorf("%+v, error %v", m, err)
	}
	t.Logf("%s", out)
}

func TestBadSizes(t *testing.T) {
	for _, size := range []string{"", "2,4", "2,4,1,1", "a,b,c", "0,1,1", "2,4,-1", "200,200,200"} {
		if err := cabiCommand("bench", "m", "--size", size).Run(); err == nil || err.Error() != "exit status 2" {
			t.Errorf("--size %q: %v", size, err)
		}
	}
	for _, memory := range []string{"1KB", "-5MB", "99999999999GB", "much", "MB"} {
		if err := cabiCommand("bench", "m", "--memory", memory).Run(); err == nil || err.Error() != "exit status 2" {
			t.Errorf("--memory %q: %v", memory, err)
		}
	}
}
