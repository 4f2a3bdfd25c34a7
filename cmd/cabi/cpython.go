package main

import (
	"fmt"
	"os"
	"path/filepath"

	"cabi/internal/output"
	"cabi/internal/upstream"
	"cabi/model"
)

// A cpython is a Python process that makes runs again, for cabi replay --upstream.
type cpython struct {
	ofPort *upstream.Replayer      // compares with runs on the port
	ofSpec *upstream.VersionRunner // compares with runs on a definitions.py; nil: the port runs
	dir    string                  // that was made for a revision; empty: none was
}

// startPython starts Python with the definitions.py that --upstream names, to compare with what runs here.
func (c *replayCommand) startPython(source *model.Source) (_ *cpython, err error) {
	p := &cpython{}
	dir := definitionsDir(c.upstream)
	if _, missing := os.Stat(c.upstream); missing != nil && c.source.git != "" {
		if dir, err = p.checkOut(c.source.git, c.upstream); err != nil {
			return nil, err
		}
	}
	if source == nil {
		p.ofPort, err = upstream.NewReplayer(dir)
	} else {
		p.ofSpec, err = upstream.NewVersionRunner(dir)
	}
	if err != nil {
		p.close()
		return nil, exitError{2, err.Error()}
	}
	return p, nil
}

// checkOut writes the definitions.py of a revision to a directory, which close removes.
func (p *cpython) checkOut(git, revision string) (string, error) {
	source, err := model.OpenSourceRevision(git, revision)
	if err != nil {
		return "", exitError{2, err.Error()}
	}
	if p.dir, err = os.MkdirTemp("", "cabi-upstream"); err != nil {
		return "", err
	}
	return p.dir, output.WriteText(filepath.Join(p.dir, "definitions.py"), source.Text())
}

// replay has Python make the run of a replayed trace.
func (p *cpython) replay(r *replayed) (again *upstream.Replayed, err error) {
	if p.ofSpec != nil {
		again, err = p.ofSpec.Judge(r.again)
	} else {
		again, err = p.ofPort.Replay(r.again.Plain, r.options.Variant) // the Python reads numbers alone
	}
	if err != nil {
		return nil, exitError{2, fmt.Sprintf("%s: %v", r.file, err)}
	}
	return again, nil
}

// close ends the process.
func (p *cpython) close() {
	if p.ofPort != nil {
		p.ofPort.Close()
	}
	if p.ofSpec != nil {
		p.ofSpec.Close()
	}
	if p.dir != "" {
		os.RemoveAll(p.dir)
	}
}
