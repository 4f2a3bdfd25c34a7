package main

import "cabi/internal/report"

// An exitError ends the command with an exit code: 1 for a check that found something wrong, 2 for bad usage or input, 3 for a
// search that stopped early or proved nothing. Its message is printed, unless it is empty.
type exitError struct {
	code int
	msg  string
}

func (e exitError) Error() string { return e.msg }

// exitOf is the error that cabi check and cabi merge end with; nil: all holds.
func exitOf(r report.Result) error {
	if code := r.ExitCode(); code != 0 {
		return exitError{code: code}
	}
	return nil
}
