package main

import (
	"fmt"
	"io"
	"runtime/debug"

	"cabi/model"
)

// pins are the two commits that say which definitions.py the port is of: that which last changed it, and that of the checkout that
// the port was compared with.
func pins() (commit, checkout string, err error) {
	roots, err := portRoots("")
	if err != nil {
		return "", "", err
	}
	return model.Pin, roots[0].Upstream.ShortCommit(), nil
}

// writeVersion prints what cabi --version prints.
func writeVersion(w io.Writer) error {
	commit, checkout, err := pins()
	if err == nil {
		_, err = fmt.Fprintf(w, "cabi %s\ndefinitions.py of %s, the same as at %s (cabi explain pin)\n", moduleVersion(), commit, checkout)
	}
	return err
}

// moduleVersion is the module's version, and the revision it was built from if the build knows it.
func moduleVersion() string {
	version, revision, changed := "devel", "", ""
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		version = v
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = ", revision " + s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = ", changed since"
		}
	}
	if revision == "" {
		changed = ""
	}
	return version + revision + changed
}
