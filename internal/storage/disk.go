package storage

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// A Disk is a temporary file for what memory has no room for. It is made when it is first needed, and is gone with the process
// that made it.
type Disk struct {
	dir string

	mu    sync.Mutex
	file  File
	end   int64
	holes map[int64][]int64 // where, by size
	open  func(dir string) (File, error)
}

// A File is what a Disk keeps things in.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// NewDisk makes a disk whose file is in a directory; "" is the system's for temporary files.
func NewDisk(dir string) *Disk { return &Disk{dir: dir, open: openFile} }

func openFile(dir string) (File, error) {
	f, err := os.CreateTemp(dir, "cabi-states-*")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name()) // it stays until it is closed; where that is not so, Close removes it
	return f, nil
}

// Used is how many bytes are on disk, or were.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.end
}

// Close gives the disk back.
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

// allocate returns where so many bytes may be written.
func (d *Disk) allocate(n int64) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file == nil {
		f, err := d.open(d.dir)
		if err != nil {
			return 0, diskError(err)
		}
		d.file, d.holes = f, map[int64][]int64{}
	}
	if free := d.holes[n]; len(free) > 0 {
		d.holes[n] = free[:len(free)-1]
		return free[len(free)-1], nil
	}
	at := d.end
	d.end += n
	return at, nil
}

// free gives back what was allocated.
func (d *Disk) free(at, n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.holes[n] = append(d.holes[n], at)
}

func (d *Disk) read(b []byte, at int64) error {
	_, err := d.file.ReadAt(b, at)
	return diskError(err)
}

func (d *Disk) write(b []byte, at int64) error {
	_, err := d.file.WriteAt(b, at)
	return diskError(err)
}

// A DiskError says that states could not be kept on disk.
type DiskError struct{ Err error }

func (e *DiskError) Error() string {
	return fmt.Sprintf("states that memory has no room for: %v", e.Err)
}

func (e *DiskError) Unwrap() error { return e.Err }

func diskError(err error) error {
	if err == nil {
		return nil
	}
	return &DiskError{err}
}
