package pertype

import "embed"

// Source is this package's own Go sources and the record of the definitions they port, for `cabi port`.
//
//go:embed *.go per-type.json
var Source embed.FS
