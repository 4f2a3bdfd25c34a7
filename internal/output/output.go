// Package output writes files whole or not at all: a file is written beside its target, and renamed when it is complete. So neither a
// refusal nor a full disk costs anybody the file that was there before.
package output

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// An OpenError says that a file cannot be written at all, such as one in a directory that does not exist. Nothing was touched.
type OpenError struct {
	Name string
	Err  error
}

func (e *OpenError) Error() string {
	if dir := e.missing(); dir != "" {
		return fmt.Sprintf("%s cannot be written: there is no directory %s", e.Name, dir)
	}
	return fmt.Sprintf("%s cannot be written: %v", e.Name, Reason(e.Err))
}

// missing is the directory that does not exist, where that is why: of the file, or of the one that a link leads to. Empty: it is
// something else.
func (e *OpenError) missing() string {
	dir := filepath.Dir(e.Name)
	if path := (*fs.PathError)(nil); errors.As(e.Err, &path) {
		dir = filepath.Dir(path.Path)
	}
	if _, err := os.Stat(dir); err == nil || !errors.Is(e.Err, fs.ErrNotExist) {
		return ""
	}
	return dir
}

// Unwrap is the error of the system.
func (e *OpenError) Unwrap() error { return e.Err }

// A WriteError says that writing a file failed on the way, as on a full disk. The target is as it was, unless it is a device.
type WriteError struct {
	Name string
	Err  error
}

func (e *WriteError) Error() string {
	return fmt.Sprintf("%s could not be written: %v", e.Name, Reason(e.Err))
}

// Unwrap is the error of the system.
func (e *WriteError) Unwrap() error { return e.Err }

// Reason is an error of the system without the name of the system call, and the file's, which the caller names.
func Reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	var call *os.SyscallError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	case errors.As(err, &call):
		return call.Err
	}
	return err
}

// WriteText writes a text to a file.
func WriteText(name, text string) error {
	return Write(name, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// WriteFiles writes files in a directory, which is made, by their names.
func WriteFiles(dir string, files map[string]string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return &OpenError{dir, err}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := WriteText(filepath.Join(dir, name), files[name]); err != nil {
			return err
		}
	}
	return nil
}

// Write has a function write a file. The target of a link is replaced and not the link, and keeps its permissions. What is no regular
// file, such as a device, is written to. An error of the function that is none of the file's is returned as it is.
func Write(name string, write func(io.Writer) error) error {
	target, info, err := resolve(name)
	if err != nil {
		return &OpenError{name, err}
	}
	if info != nil && !info.Mode().IsRegular() || isDescriptor(name) {
		return writeTo(name, write)
	}
	part, err := createBeside(target, info)
	if err != nil {
		return &OpenError{name, err}
	}
	if err := fill(name, part, write); err != nil {
		os.Remove(part.Name())
		return err
	}
	if err := os.Rename(part.Name(), target); err != nil {
		os.Remove(part.Name())
		return &WriteError{name, err}
	}
	return nil
}

// Check returns an error if a file cannot be written. It leaves everything as it is.
func Check(name string) error {
	target, info, err := resolve(name)
	if err != nil {
		return &OpenError{name, err}
	}
	if info != nil && !info.Mode().IsRegular() || isDescriptor(name) {
		return nil
	}
	part, err := createBeside(target, info)
	if err != nil {
		return &OpenError{name, err}
	}
	return errors.Join(part.Close(), os.Remove(part.Name()))
}

// CheckDir returns an error if files cannot be written in a directory, which need not exist: then it must be one that can be made. It
// leaves everything as it is.
func CheckDir(name string) error {
	dir := filepath.Clean(name)
	info, err := os.Stat(dir)
	for ; errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir; info, err = os.Stat(dir) {
		dir = filepath.Dir(dir)
	}
	switch {
	case err != nil:
		return &OpenError{name, err}
	case !info.IsDir():
		return &OpenError{name, fmt.Errorf("%s is no directory", dir)}
	}
	part, err := createBeside(filepath.Join(dir, "file"), nil)
	if err != nil {
		return &OpenError{name, err}
	}
	return errors.Join(part.Close(), os.Remove(part.Name()))
}

var errIsDirectory = errors.New("it is a directory")

// mostLinks is how many links are followed from one to the next.
const mostLinks = 40

// resolve follows links to the file that a name stands for, which need not exist: then its info is nil. A file that exists must be
// one that may be written.
func resolve(name string) (target string, info fs.FileInfo, err error) {
	target = name
	for range mostLinks {
		if info, err = os.Lstat(target); errors.Is(err, fs.ErrNotExist) {
			return target, nil, nil
		}
		if err != nil {
			return "", nil, err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return target, info, mayWrite(target, info)
		}
		if stands, err := os.Stat(target); err == nil && !stands.Mode().IsRegular() {
			return target, stands, mayWrite(target, stands) // a link to a device or, below /proc, to a pipe, which has no name
		}
		to, err := os.Readlink(target)
		if err != nil {
			return "", nil, err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(target), to)
		}
		target = to
	}
	return "", nil, errors.New("too many links")
}

// mayWrite returns an error if a file that exists must not be written, or is a directory.
func mayWrite(name string, info fs.FileInfo) error {
	if info.IsDir() {
		return errIsDirectory
	}
	if !info.Mode().IsRegular() {
		return nil // opening a pipe would wait for whoever reads it
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// createBeside creates a file of another name in the directory of a target, with the target's permissions.
func createBeside(target string, info fs.FileInfo) (*os.File, error) {
	for {
		name := filepath.Join(filepath.Dir(target), fmt.Sprintf(".cabi-%08x.part", rand.Uint32()))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil && info != nil {
			if err = f.Chmod(info.Mode().Perm()); err != nil {
				f.Close()
				os.Remove(name)
			}
		}
		return f, err
	}
}

// isDescriptor reports whether a name stands for what the process has open.
func isDescriptor(name string) bool {
	name = filepath.Clean(name)
	for _, dir := range []string{"/dev/fd/*", "/proc/self/fd/*", "/dev/stdout", "/dev/stderr"} {
		if is, _ := filepath.Match(dir, name); is {
			return true
		}
	}
	return false
}

// writeTo writes to what is no regular file, or is open already.
func writeTo(name string, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return &OpenError{name, err}
	}
	_, err = f.Write(text.Bytes())
	if err = errors.Join(err, f.Close()); err != nil {
		return &WriteError{name, err}
	}
	return nil
}

// fill has a function write to a new file, and closes it.
func fill(name string, f *os.File, write func(io.Writer) error) error {
	w := &errorKeeper{w: f}
	err := write(w)
	if err == nil {
		w.keep(f.Sync())
	}
	w.keep(f.Close())
	if w.err != nil {
		return &WriteError{name, w.err}
	}
	return err
}

// An errorKeeper keeps the first error of a writer, which tells it from the errors of whoever writes.
type errorKeeper struct {
	w   io.Writer
	err error
}

func (k *errorKeeper) Write(b []byte) (int, error) {
	n, err := k.w.Write(b)
	k.keep(err)
	return n, err
}

func (k *errorKeeper) keep(err error) {
	if k.err == nil {
		k.err = err
	}
}
