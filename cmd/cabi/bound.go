package main

import (
	"fmt"
	"strconv"
)

// A bound is the value of a flag that takes a number from 1 to largest. It is 0 while the flag is not given, unless it has a default.
type bound struct {
	value   int
	largest int
}

func (b *bound) String() string { return strconv.Itoa(b.value) }

func (b *bound) Type() string { return "number" }

func (b *bound) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n < 1 || n > uint64(b.largest) {
		return fmt.Errorf("it is a whole number from 1 to %d", b.largest)
	}
	b.value = int(n)
	return nil
}
