package port

import (
	"io/fs"
	"regexp"
)

var unfilled = regexp.MustCompile(`(?m)^([\t ]*//cabi:(?:py|notported) )(\S+) ` + Unfilled + `\b`)

// Fill returns the Go files of root in which directives wait for their hash, with the recorded ones filled in. Hashes
// that are there already, stale ones too, it leaves alone: those are for a person to compare with Python first.
func Fill(root Root) (map[string][]byte, error) {
	index := root.Upstream.lookup()
	changed := map[string][]byte{}
	err := eachFile(root.FS, func(name string, text []byte) error {
		if pinOf(text) != root.Pin {
			return nil
		}
		filled := unfilled.ReplaceAllFunc(text, func(line []byte) []byte {
			m := unfilled.FindSubmatch(line)
			i, ok := index[string(m[2])]
			if !ok {
				return line
			}
			return []byte(string(m[1]) + string(m[2]) + " " + root.Upstream.Definitions[i].Hash)
		})
		if string(filled) != string(text) {
			changed[name] = filled
		}
		return nil
	})
	return changed, err
}

// Roots returns what to check in a directory of the port: the files of its own pin, if it has a manifest for them,
// and those of each pin that its files name.
func Roots(fsys fs.FS, dir string) ([]Root, error) {
	pins, err := Pins(fsys)
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(fsys, ManifestName("")); err == nil {
		pins = append([]string{""}, pins...)
	}
	roots := make([]Root, 0, len(pins))
	for _, pin := range pins {
		u, err := Load(fsys, pin)
		if err != nil {
			return nil, err
		}
		roots = append(roots, Root{Upstream: u, FS: fsys, Dir: dir, Pin: pin})
	}
	return roots, nil
}
