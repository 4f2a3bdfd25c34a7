package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"cabi/internal/output"
)

// A standardOutput is where a command prints. It keeps the first error, after which nothing more is written, so that a command need not
// look at what each of its prints returns.
type standardOutput struct {
	w   io.Writer
	err error
}

func (o *standardOutput) Write(text []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(text)
	o.err = err
	return n, err
}

// Fd is the descriptor of the file that is printed to, and of anything else one that nothing has.
func (o *standardOutput) Fd() uintptr {
	if f, ok := o.w.(*os.File); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}

// exit is the error that a command ends with whose output could not be printed; nil: it could. Whoever reads it and stops, as head
// does, has enough: nothing is said.
func (o *standardOutput) exit() error {
	switch {
	case o.err == nil:
		return nil
	case errors.Is(o.err, syscall.EPIPE):
		return exitError{code: 3}
	default:
		return exitError{3, "the output could not be written: " + output.Reason(o.err).Error()}
	}
}

// outputError is the error that a command ends with if a file could not be written: a file that cannot be opened is bad input, and
// one that fails on the way is not. Other errors, and nil, are left as they are.
func outputError(err error) error {
	var open *output.OpenError
	var writing *output.WriteError
	switch {
	case errors.As(err, &open):
		return exitError{2, err.Error()}
	case errors.Is(err, syscall.EPIPE):
		return exitError{code: 3}
	case errors.As(err, &writing):
		return exitError{3, err.Error()}
	default:
		return err
	}
}

// writeFile has a function write a file, or if its name is empty, write to w.
func writeFile(w io.Writer, name string, write func(io.Writer) error) error {
	if name == "" {
		return write(w)
	}
	return outputError(output.Write(name, write))
}

// checkDisk returns an error if there is no such directory, or it cannot be written to. The name may be empty, for none.
func checkDisk(name string) error {
	if name == "" {
		return nil
	}
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return exitError{2, fmt.Sprintf("--disk %s: there is no such directory", name)}
	}
	return outputError(output.CheckDir(name))
}

// checkOther returns an error if a file cannot be written, or is the one that is read: what somebody wrote would be lost.
func checkOther(name, read string) error {
	if err := checkFile(name); err != nil || name == "" {
		return err
	}
	if to, err := os.Stat(name); err == nil && to.Mode().IsRegular() {
		if from, err := os.Stat(read); err == nil && os.SameFile(from, to) {
			return exitError{2, fmt.Sprintf("%s would be written over what is read, %s: give the output another name", name, read)}
		}
	}
	return nil
}

// checkFile returns an error if a file cannot be written, before work is done in vain. The name may be empty, for none.
func checkFile(name string) error {
	if name == "" {
		return nil
	}
	return outputError(output.Check(name))
}
