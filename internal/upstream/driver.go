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
)

//go:embed driver.py
var driverSource string

// DirVariable is the environment variable for the tests that need a definitions.py: the directory it is in. Where it is
// empty they are skipped.
const DirVariable = "CABI_UPSTREAM"

// A BadInput is an error about what the caller gave: a directory without definitions.py, no Python.
type BadInput struct{ msg string }

func (e *BadInput) Error() string { return e.msg }

// checkInput says whether there is a definitions.py in dir, and a Python that can run it.
func checkInput(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "definitions.py")); err != nil {
		return &BadInput{fmt.Sprintf("%s holds no definitions.py: name the directory design/mvp/canonical-abi of a checkout of WebAssembly/component-model", dir)}
	}
	out, err := exec.Command(python, "-c", "import sys; print(sys.version_info >= (3, 11))").Output()
	if err != nil {
		return &BadInput{fmt.Sprintf("cannot run %s: %v", python, err)}
	}
	if strings.TrimSpace(string(out)) != "True" {
		return &BadInput{python + " is older than 3.11"}
	}
	return nil
}

const python = "python3"

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
	// patience is how long a run may take before the driver is given up.
	patience time.Duration
}

func startDriver(dir string, patience time.Duration, flags ...string) (*driver, error) {
	d := &driver{patience: patience, cmd: exec.Command(python, append([]string{"-I", "-c", driverSource, dir}, flags...)...)}
	var err error
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

// errLate is the error of a run that the driver did not end in time. It is gone then.
var errLate = errors.New("the Python driver did not come back")

// run has the driver run a case, and returns the lines that it tells.
func (d *driver) run(c any) ([]string, error) {
	watchdog := time.AfterFunc(d.patience, func() { d.cmd.Process.Kill() })
	lines, err := d.ask(c)
	if !watchdog.Stop() && err != nil {
		return nil, fmt.Errorf("%w: %w", errLate, err)
	}
	return lines, err
}

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
	return lines, nil
}

// failed says why the driver is gone.
func (d *driver) failed(err error) error {
	d.in.Close()
	werr := d.cmd.Wait()
	return fmt.Errorf("the Python driver failed: %w\n%s", errors.Join(err, werr), strings.TrimSpace(d.errs.String()))
}

func (d *driver) close() {
	d.in.Close()
	d.cmd.Wait()
}
