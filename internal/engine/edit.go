package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sync"

	"cabi/spec"
)

// edit is a name of the edit of spec/ that the program was built with; empty: it was built with none. cabi diff has the linker set it.
//
// The port of such a program is not the pin's, so nothing may be concluded from it about a definitions.py: no function is covered by what
// the port observes, not at the pin either.
var edit string

// Edit is a name of the edit of spec/ that the program was built with, such as "the port with x.patch"; empty: it was built with none.
func Edit() string { return edit }

// EditVersion tells the port of the program from others: the first digits of the SHA-256 of its sources. Empty: it has no edit.
func EditVersion() string {
	if edit == "" {
		return ""
	}
	return sourcesVersion()
}

var sourcesVersion = sync.OnceValue(func() string {
	files, err := fs.Glob(spec.Source, "*")
	if err != nil {
		panic(err)
	}
	sum := sha256.New()
	for _, file := range files {
		text, err := fs.ReadFile(spec.Source, file)
		if err != nil {
			panic(err) // it is built in
		}
		fmt.Fprintf(sum, "%s\n%s\n", file, text)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
})
