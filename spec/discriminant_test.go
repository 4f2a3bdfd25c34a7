package spec

import "testing"

// TestDiscriminantOfEveryCount compares the type of the discriminant with the smallest of one, two and four bytes that hold the number of
// each case, for every count of cases up to 2^24, and beyond it where the port could go wrong: there definitions.py has none
// (docs/findings.md).
func TestDiscriminantOfEveryCount(t *testing.T) {
	for n := 1; n <= 1<<24; n++ {
		want := ValType(U32Type{})
		switch {
		case n <= 1<<8:
			want = U8Type{}
		case n <= 1<<16:
			want = U16Type{}
		}
		if got := discriminantType(make([]struct{}, n)); got != want {
			t.Fatalf("the discriminant of %d cases is %v, want %v", n, got, want)
		}
	}
	for _, n := range []int{1<<24 + 1, 1<<24 + 2, 1 << 25, 1 << 31, 1<<32 - 1} {
		if got := discriminantType(make([]struct{}, n)); got != nil {
			t.Errorf("the discriminant of %d cases is %v: is that repaired?", n, got)
		}
	}
}
