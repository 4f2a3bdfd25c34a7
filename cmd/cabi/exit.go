package main

// An exitError is an error that says with which status the command ends: 1 for a check that found something wrong,
// 2 for bad usage or input, 3 for a search that stopped early.
type exitError struct {
	code int
	msg  string
}

func (e exitError) Error() string { return e.msg }
