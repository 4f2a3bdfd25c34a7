package upstream

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"cabi/internal/port"
	"cabi/internal/pyworld"
	"cabi/spec"
)

//go:embed driver.py
var driverSource string

// DirVariable is the environment variable for the tests that need a definitions.py: a checkout, or the directory that
// it is in. Where it is empty they are skipped.
const DirVariable = "CABI_UPSTREAM"

// A BadInput is an error that the caller is to blame for: a directory without definitions.py, a machine without Python.
type BadInput struct{ msg string }

// Error says what is wrong with the input.
func (e *BadInput) Error() string { return e.msg }

// DirOf is the directory of definitions.py in a checkout; what is none is returned as it is.
func DirOf(checkout string) string {
	if inside := filepath.Join(checkout, "design", "mvp", "canonical-abi"); checkDir(checkout) != nil && checkDir(inside) == nil {
		return inside
	}
	return checkout
}

// checkDir returns an error unless there is a definitions.py in dir.
func checkDir(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "definitions.py")); err != nil {
		return &BadInput{fmt.Sprintf("%s holds no definitions.py: name the directory design/mvp/canonical-abi of a checkout of WebAssembly/component-model", dir)}
	}
	return nil
}

// checkInput returns an error unless there is a definitions.py in dir, and a CPython that can run it.
func checkInput(dir string) error {
	if err := checkDir(dir); err != nil {
		return err
	}
	out, err := exec.Command(pythonCommand, "-c", "import sys; print(sys.version_info >= (3, 11))").Output()
	if err != nil {
		return &BadInput{fmt.Sprintf("%s, 3.11 or later, is needed, and cannot be run from the PATH", pythonCommand)}
	}
	if strings.TrimSpace(string(out)) != "True" {
		return &BadInput{pythonCommand + " is older than 3.11"}
	}
	return nil
}

const pythonCommand = "python3"

// Hash is the SHA-256 of the definitions.py in dir.
func Hash(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, "definitions.py"))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// A driver is a Python process that runs cases on a definitions.py.
type driver struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	errs strings.Builder
	// patience is how long a run may take before the process is killed.
	patience time.Duration
	pin      bool           // the definitions.py is that of the pin, whose states can all be written
	unread   map[string]int // why states could not be written, and how many
}

// startDriver starts a process for the definitions.py in dir.
func startDriver(dir string, patience time.Duration, flags ...string) (*driver, error) {
	pin, err := isPin(dir)
	if err != nil {
		return nil, err
	}
	if !pin && len(flags) == 0 {
		flags = []string{"--fresh"}
	}
	d := &driver{patience: patience, pin: pin, unread: map[string]int{}, cmd: exec.Command(pythonCommand, append([]string{"-I", "-c", pyworld.Source + driverSource, dir}, flags...)...)}
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	d.out = bufio.NewReaderSize(out, 1<<16)
	d.cmd.Stderr = &d.errs
	return d, d.cmd.Start()
}

// errLate is the error of a run that took longer than the driver's patience. The process was killed.
var errLate = errors.New("the Python driver did not come back")

// run has the driver run a case, and returns its trace.
func (d *driver) run(c any) ([]string, error) {
	watchdog := time.AfterFunc(d.patience, func() { d.cmd.Process.Kill() })
	lines, err := d.ask(c)
	if !watchdog.Stop() && err != nil {
		return nil, fmt.Errorf("%w: %w", errLate, err)
	}
	return lines, err
}

// ask sends a case to the driver and waits for its trace.
func (d *driver) ask(c any) ([]string, error) {
	if err := json.NewEncoder(d.in).Encode(c); err != nil {
		return nil, d.failed(err)
	}
	text, err := d.out.ReadBytes('\n')
	if err != nil {
		return nil, d.failed(err)
	}
	var lines []string
	if err := json.Unmarshal(text, &lines); err != nil {
		return nil, fmt.Errorf("the Python driver wrote %.200q: %w", text, err)
	}
	return lines, d.noteUnread(lines)
}

// runCase has the driver run a case, and returns its trace without the note on how it was unwound.
func (d *driver) runCase(c Case) ([]string, error) {
	lines, err := d.run(c)
	lines, _ = cutUnwound(lines)
	return lines, err
}

// noteUnread counts the states that could not be written. At the pin that is an error of the driver.
func (d *driver) noteUnread(lines []string) error {
	for _, l := range lines {
		if why, unread := strings.CutPrefix(l, unreadState); unread {
			if d.pin {
				return fmt.Errorf("the Python driver cannot write a state of the pin: %s", why)
			}
			d.unread[why]++
		}
	}
	return nil
}

// isPin reports whether the definitions.py in dir is the one that the port is of.
func isPin(dir string) (bool, error) {
	u, err := port.Load(spec.Source, "")
	if err != nil {
		return false, err
	}
	hash, err := Hash(dir)
	return hash == u.SHA256, err
}

// failed waits for the end of a driver that does not answer any more, and returns an error with what it wrote last.
func (d *driver) failed(err error) error {
	d.in.Close()
	werr := d.cmd.Wait()
	if wrote := strings.TrimSpace(d.errs.String()); wrote != "" {
		return fmt.Errorf("the Python failed, and wrote:\n%s", wrote)
	}
	return fmt.Errorf("the Python failed: %w", errors.Join(err, werr))
}

func (d *driver) close() {
	d.in.Close()
	d.cmd.Wait()
}
