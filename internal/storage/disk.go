package storage

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// A Disk is a temporary file for the states that memory has no room for. The file is made when it is first needed, and does not
// outlive the process.
type Disk struct {
	dir string

	mu    sync.Mutex
	file  File
	end   int64             // of the file
	freed map[int64][]int64 // the addresses of blocks that were freed, by size
	open  func(dir string) (File, error)
}

// A File is the part of os.File that a Disk needs.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// NewDisk makes a disk whose file is in a directory; if dir is empty, in the system's directory for temporary files.
func NewDisk(dir string) *Disk { return &Disk{dir: dir, open: openFile} }

func openFile(dir string) (File, error) {
	f, err := os.CreateTemp(dir, "cabi-states-*")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name()) // an open file stays without its name; on systems where this fails, Close removes it
	return f, nil
}

// Used is the most bytes that the file has had.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.end
}

// Close closes the file, which removes it.
func (d *Disk) Close() error {
	if d.file == nil {
		return nil
	}
	err := d.file.Close()
	if f, ok := d.file.(*os.File); ok {
		os.Remove(f.Name())
	}
	return err
}

// allocate returns an address for a block of n bytes.
func (d *Disk) allocate(n int64) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file == nil {
		f, err := d.open(d.dir)
		if err != nil {
			return 0, diskError(err)
		}
		d.file, d.freed = f, map[int64][]int64{}
	}
	if free := d.freed[n]; len(free) > 0 {
		d.freed[n] = free[:len(free)-1]
		return free[len(free)-1], nil
	}
	at := d.end
	d.end += n
	return at, nil
}

// free frees a block of n bytes.
func (d *Disk) free(at, n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.freed[n] = append(d.freed[n], at)
}

func (d *Disk) read(b []byte, at int64) error {
	_, err := d.file.ReadAt(b, at)
	return diskError(err)
}

func (d *Disk) write(b []byte, at int64) error {
	_, err := d.file.WriteAt(b, at)
	return diskError(err)
}

// A DiskError is an error of writing states to disk, or of reading them.
type DiskError struct{ Err error }

// Error says that the states have no room, and why.
func (e *DiskError) Error() string {
	return fmt.Sprintf("states that memory has no room for: %v", e.Err)
}

// Unwrap is the error of the file.
func (e *DiskError) Unwrap() error { return e.Err }

func diskError(err error) error {
	if err == nil {
		return nil
	}
	return &DiskError{err}
}
