// Package generated holds the pages that make docs makes, for cabi explain to quote.
package generated

import "embed"

// Pages are the pages, and the traces that they link.
//
//go:embed *
var Pages embed.FS
