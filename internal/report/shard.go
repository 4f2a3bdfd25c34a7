package report

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// MostShards is the most shards that a search can be divided into.
const MostShards = 1_000_000

// A Shard is the part of a result that cabi merge reads: which shard of which search it is of, and what only the union of all
// shards can count.
type Shard struct {
	Number int `json:"number"`
	Of     int `json:"of"`
	// Runs are how many walks all shards make together; 0: as many as they come to.
	Runs int `json:"runs,omitempty"`
	// Digest is of everything else that makes it a search of its own: the specification, the world and what is checked.
	Digest string      `json:"digest"`
	Fired  []spec.Site `json:"fired"`
	Shapes string      `json:"shapes"` // see encodeShapes
}

func newShard(s *model.Search, r *model.Report) *Shard {
	return &Shard{s.Random.Shard, s.Random.Shards, s.Random.Runs, searchDigest(s), append([]spec.Site{}, r.Fired...), encodeShapes(r.Shapes)}
}

// searchDigest is a digest of what a search is of, without what a result says in the open.
func searchDigest(s *model.Search) string {
	source := "port"
	if s.Source != nil {
		source = s.Source.Text()
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{model.Pin, source, s.World.Text()}, "\x00")))
	return fmt.Sprintf("%x", sum[:16])
}

// encodeShapes is a sorted list of hashes: the differences from one to the next as unsigned LEB128 numbers, in base64.
func encodeShapes(shapes []uint64) string {
	var b []byte
	last := uint64(0)
	for _, s := range shapes {
		b = binary.AppendUvarint(b, s-last)
		last = s
	}
	return base64.StdEncoding.EncodeToString(b)
}

var errShapes = errors.New("the shapes are no base64 of LEB128 numbers")

// DecodeShapes reads the shapes of a shard.
func DecodeShapes(text string) (shapes []uint64, err error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errShapes
	}
	for last := uint64(0); len(b) > 0; shapes = append(shapes, last) {
		difference, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errShapes
		}
		last, b = last+difference, b[n:]
	}
	return shapes, nil
}
