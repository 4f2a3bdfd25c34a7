// Package examples holds questions that people asked, as litmus files and traces. It is data.
package examples

import "embed"

// Files are the litmus files and traces.
//
//go:embed *.litmus *.cabi
var Files embed.FS
