// Package suite holds the reference traces, which a runtime can be tested against. It is data: internal/suite makes it.
package suite

import "embed"

// Traces is the folder traces: a file for each trace, and coverage.md.
//
//go:embed traces
var Traces embed.FS
