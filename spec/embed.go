// Not upstream's: the sources themselves, for `cabi port` to read.

package spec

import "embed"

// Source is this package's own Go sources and upstream.json, the record of the definitions they port: what
// `cabi port` and `cabi sites` read, so that the installed command needs no checkout, neither of the project nor of
// WebAssembly/component-model.
//
//go:embed *.go upstream.json
var Source embed.FS
