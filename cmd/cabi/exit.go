package main

// An exitError ends the command with an exit code: 1 for a check that found something wrong, 2 for bad usage or input, 3 for a
// search that stopped early or proved nothing. Its message is printed, unless it is empty.
type exitError struct {
	code int
	msg  string
}

func (e exitError) Error() string { return e.msg }
