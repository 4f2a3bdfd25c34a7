package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"

	"cabi/model"
)

// A Progress is how far a search has come: its last level that is done.
type Progress struct {
	Levels []LevelDone // from that of the start on
	Tally  model.Tally // up to it
}

// A LevelDone is a level whose states are all known.
type LevelDone struct {
	States      int
	Transitions int     // on the way to it
	Shuffled    int     // bytes that were grouped by shard, on the way to it
	Seconds     float64 // that its pipeline took, divided among the pipeline's levels
}

func (p *Progress) depth() int { return len(p.Levels) - 1 }

func (p *Progress) states() (n int) {
	for _, l := range p.Levels {
		n += l.States
	}
	return n
}

func (p *Progress) frontier() int { return p.Levels[p.depth()].States }

// A leader leads a search, pipeline by pipeline.
type leader struct {
	*Subject
	dir      Dir
	levels   int // in a pipeline; 0: as many as are cheaper together
	enough   int // transitions, after which no level is begun; 0: there is no such number
	text     []byte
	progress *Progress
	tell     func(*Progress) // of each level that is done
	run      func(context.Context, *beam.Pipeline) error
}

func newLeader(s *Subject, dir Dir) (*leader, error) {
	text, err := json.Marshal(s)
	return &leader{Subject: s, dir: dir, text: text, tell: func(*Progress) {}, run: beamx.Run}, err
}

// lead makes the search, or goes on with it, until it is over or the context is.
func (l *leader) lead(ctx context.Context) error {
	if err := l.begin(ctx); err != nil {
		return err
	}
	for !l.isOver() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := l.pipeline(ctx); err != nil {
			return err
		}
	}
	return nil
}

// isOver reports whether no level is left to be explored.
func (l *leader) isOver() bool {
	p := l.progress
	if l.Bounds.Steps == 0 && l.enough > 0 && p.Tally.Transitions >= l.enough {
		l.Bounds.Steps = p.depth()
	}
	return p.frontier() == 0 || l.Bounds.Steps > 0 && p.depth() >= l.Bounds.Steps || len(p.Tally.Violations) > 0 && !l.KeepGoing
}

// errOtherSearch is that a directory has another search in it.
var errOtherSearch = errors.New("another search is in this directory: --dir names one for each search")

// begin reads how far the search came before, or makes its first level.
func (l *leader) begin(ctx context.Context) error {
	before, err := l.before(ctx)
	if err != nil || before {
		return err
	}
	if err := writeJSON(ctx, l.dir.file("search.json"), l.Subject); err != nil {
		return fmt.Errorf("--dir %s: %w", l.dir, err)
	}
	count, err := l.first(ctx)
	if err != nil {
		return err
	}
	l.progress = &Progress{}
	l.add(count, 0)
	return l.commit(ctx)
}

// before reports whether the directory has the search in it, and reads how far it came.
func (l *leader) before(ctx context.Context) (bool, error) {
	names, err := list(ctx, l.dir.file("*.json"))
	if err != nil || len(names) == 0 {
		return false, err
	}
	was := &Subject{}
	if err := readJSON(ctx, l.dir.file("search.json"), was); err != nil {
		return false, fmt.Errorf("%w: %v", errOtherSearch, err)
	}
	if !reflect.DeepEqual(was, l.Subject) {
		return false, errOtherSearch
	}
	if names, err = list(ctx, l.dir.file("progress.json")); err != nil || len(names) == 0 {
		return false, err
	}
	l.progress = &Progress{}
	return true, readJSON(ctx, l.dir.file("progress.json"), l.progress)
}

// first makes the level of the states that the search starts from.
func (l *leader) first(ctx context.Context) (*Count, error) {
	s, err := l.system()
	if err != nil {
		return nil, err
	}
	defer s.close()
	shards := map[int]*shard{}
	s.start(func(r model.ReachedState) {
		n := shardOf(r.Fingerprint, l.Shards)
		if shards[n] == nil {
			shards[n] = newShard(l.dir, 0, n)
		}
		shards[n].add(r.Fingerprint, bytes.Clone(r.Path))
	})
	count := &Count{Tally: *s.tally()}
	for _, one := range shards {
		states, err := one.keep(ctx, func([]byte) {})
		if err != nil {
			return nil, err
		}
		count.States += states
	}
	return count, nil
}

// pipeline explores the next levels in one pipeline.
func (l *leader) pipeline(ctx context.Context) error {
	begun := time.Now()
	first := l.progress.depth() + 1
	files, err := list(ctx, l.dir.file("frontier", number(first-1), "*"))
	if err != nil {
		return err
	}
	levels := l.atOnce()
	p, s := beam.NewPipelineWithRoot()
	addLevels(s, l.text, l.dir, files, first, levels)
	if err := l.run(ctx, p); err != nil {
		return fmt.Errorf("level %d: %w", first, err)
	}
	took := time.Since(begun) / time.Duration(levels)
	for level := first; level < first+levels && !l.isOver(); level++ {
		count := &Count{}
		if err := readJSON(ctx, countedFile(l.dir, level), count); err != nil {
			return err
		}
		l.add(count, took)
	}
	return l.commit(ctx)
}

const (
	smallLevel = 500 // states
	mostAtOnce = 4   // levels in a pipeline, of small ones
)

// atOnce is how many levels the next pipeline explores: several while they are small, as a pipeline takes a while to begin and to end.
func (l *leader) atOnce() int {
	n := l.levels
	if n == 0 {
		n = 1
		if l.progress.frontier() < smallLevel {
			n = mostAtOnce
		}
	}
	if left := l.Bounds.Steps - l.progress.depth(); l.Bounds.Steps > 0 {
		n = min(n, left)
	}
	return n
}

// add adds a level that is done.
func (l *leader) add(c *Count, took time.Duration) {
	p := l.progress
	p.Levels = append(p.Levels, LevelDone{c.States, c.Tally.Transitions, c.Shuffled, took.Seconds()})
	p.Tally.Merge(&c.Tally)
	l.tell(p)
}

func (l *leader) commit(ctx context.Context) error {
	return writeJSON(ctx, l.dir.file("progress.json"), l.progress)
}

// report is the report of the search, as far as it came.
func (l *leader) report(search *model.Search, stopped bool) (*model.Report, error) {
	p := l.progress
	c := model.LevelCount{States: p.states(), Depth: p.depth(), Frontier: p.frontier()}
	if c.Frontier == 0 {
		c.Depth = max(0, c.Depth-1)
	}
	search.Bounds.Steps = cmp.Or(search.Bounds.Steps, l.Bounds.Steps)
	r, err := search.ReportOf(&p.Tally, c)
	if r != nil {
		r.Stopped = stopped
	}
	return r, err
}
