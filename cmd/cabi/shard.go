package main

import (
	"fmt"
	"strconv"
	"strings"

	"cabi/internal/report"
)

// A shardFlag is the value of a flag that takes I/N: the Ith of N shards. It is 0/0 while the flag is not given.
type shardFlag struct{ number, of int }

func (s *shardFlag) String() string {
	if s.of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.number, s.of)
}

func (s *shardFlag) Type() string { return "I/N" }

func (s *shardFlag) Set(text string) error {
	i, n, ok := strings.Cut(text, "/")
	number, err := strconv.Atoi(i)
	of, err2 := strconv.Atoi(n)
	if !ok || err != nil || err2 != nil || number < 1 || number > of || of > report.MostShards {
		return fmt.Errorf("it is I/N, the Ith of N shards, from 1/N to N/N, where N is at most %d", report.MostShards)
	}
	s.number, s.of = number, of
	return nil
}
