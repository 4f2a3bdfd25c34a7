package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A size is the value of a flag that takes a number of bytes, such as "200MB" or "2GB". 0 is no limit.
type size int64

// leastSize is the least memory that a search accepts: with less it could keep too few states to go on.
const leastSize = 16 << 20

var units = []struct {
	name  string
	bytes int64
}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"", 1}}

func (s *size) String() string {
	for _, u := range units {
		if int64(*s)%u.bytes == 0 && *s != 0 {
			return fmt.Sprintf("%d%s", int64(*s)/u.bytes, u.name)
		}
	}
	return "0"
}

func (s *size) Type() string { return "size" }

func (s *size) Set(text string) error {
	for _, u := range units {
		digits, ok := strings.CutSuffix(strings.ToUpper(text), u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/u.bytes {
			break
		}
		if n *= u.bytes; n < leastSize {
			return fmt.Errorf("%s is too little: 16MB is the least", text)
		}
		*s = size(n)
		return nil
	}
	return fmt.Errorf("it is a number of bytes, such as 200MB or 2GB")
}
