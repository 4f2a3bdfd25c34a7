package model

import (
	"fmt"

	"github.com/zeebo/xxh3"
)

type fingerprint = xxh3.Uint128

// fingerprint is the hash of the state of r; b is what it was computed from, to be used again.
func (w *stateWriter) fingerprint(b []byte, r *Run) (fingerprint, []byte) {
	b = w.append(b[:0], r)
	if w.rewrite != nil {
		b = w.rewrite(b)
	}
	return w.folded(b), b
}

// folded is the least of the fingerprints of a state and of its swapped images: one for all of them.
func (w *stateWriter) folded(state []byte) fingerprint {
	least := xxh3.Hash128(state)
	for _, s := range w.swaps {
		w.swapped = s.append(w.swapped[:0], state)
		if h := xxh3.Hash128(w.swapped); h.Hi < least.Hi || h.Hi == least.Hi && h.Lo < least.Lo {
			least = h
		}
	}
	return least
}

// pathFingerprint tells every path from all others.
func pathFingerprint(p *pathActor) fingerprint {
	return xxh3.Hash128([]byte(fmt.Sprint(p.actions, p.choices)))
}
