package model

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/zeebo/xxh3"

	"cabi/internal/storage"
	"cabi/spec"
)

// A Checkpoint says where a breadth-first search keeps how far it came, to be resumed from there.
type Checkpoint struct {
	File  string        // "": nowhere
	Every time.Duration // 0: only when the search is stopped early
}

// A checkpoint file is a line that says so, a line of JSON, the keys of the visited states, the records of the states that are
// still to be explored in blocks, and a hash of all that.
const checkpointMagic = "cabi checkpoint 1\n"

// checkpointHead is the JSON of a checkpoint.
type checkpointHead struct {
	Of          searchIdentity
	Explored    int
	States      int
	Transitions int
	Depth       int
	Stops       map[string]int
	Taken       []int
	Fired       map[spec.Site]bool
	Met         []string
	Actions     []string
	Violations  []checkpointViolation
	Level, Next int // blocks
}

type checkpointViolation struct {
	Property, Kind, What string
	Actions              []string
	Choices              []uint32
}

// searched is what a checkpoint is of: it is resumed only by the same search.
type searchIdentity struct {
	Build         string // of the program: another one may know states by other fingerprints
	World         string
	Variant       string
	Properties    []string
	Bounds        Bounds
	KeepGoing     bool
	Full          bool
	Deterministic bool
	Without       []spec.Site
}

func (s *Search) identity() searchIdentity {
	world, _ := json.Marshal(s.World)
	of := searchIdentity{buildID(), string(world), s.Variant.Name, nil, s.Bounds, s.KeepGoing, s.Full, s.Deterministic, sortedKeys(s.Without)}
	for _, p := range s.Properties {
		of.Properties = append(of.Properties, p.Name)
	}
	return of
}

// buildID is a hash of the program, which is read once.
var buildID = sync.OnceValue(func() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := xxh3.New()
	io.Copy(h, f)
	return fmt.Sprintf("%016x", h.Sum64())
})

// differs says how other is not what s is; "": it is.
func (s searchIdentity) differs(other searchIdentity) string {
	say := func(what string, a, b any) string {
		if x, y := fmt.Sprint(a), fmt.Sprint(b); x != y {
			return fmt.Sprintf("it is of %s %s, and this search is of %s", what, x, y)
		}
		return ""
	}
	ofWorld := ""
	if s.World != other.World {
		ofWorld = "it is of another world, or of another version of it"
	}
	ofBuild := ""
	if s.Build != other.Build {
		ofBuild = "it was written by another build of cabi, which may tell states apart otherwise"
	}
	return cmp.Or(ofWorld, say("variant", s.Variant, other.Variant), say("properties", s.Properties, other.Properties),
		say("bounds", s.Bounds, other.Bounds), say("--keep-going", s.KeepGoing, other.KeepGoing), say("--full", s.Full, other.Full),
		say("the deterministic profile", s.Deterministic, other.Deterministic), say("what is switched off", s.Without, other.Without), ofBuild)
}

// checkpointIfDue writes a checkpoint if the last one is long ago.
func (l *frontier) checkpointIfDue() {
	if l.Checkpoint.Every > 0 && time.Since(l.lastCheckpoint) >= l.Checkpoint.Every {
		l.checkpoint()
	}
}

// checkpoint writes a checkpoint, if one is wanted. The one before stays until it is whole.
func (l *frontier) checkpoint() {
	name := l.Checkpoint.File
	if name == "" || l.visited.err != nil {
		return
	}
	err := l.writeTo(name + ".part")
	if err == nil {
		err = os.Rename(name+".part", name)
	}
	if err != nil {
		os.Remove(name + ".part")
		l.visited.noteError(fmt.Errorf("the checkpoint: %w", err))
	}
	l.lastCheckpoint = time.Now()
}

func (l *frontier) writeTo(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := xxh3.New()
	w := bufio.NewWriterSize(io.MultiWriter(f, h), 1<<20)
	if err := l.write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	sum := h.Sum128().Bytes()
	if _, err := f.Write(sum[:]); err != nil {
		return err
	}
	return f.Sync()
}

func (l *frontier) write(w *bufio.Writer) error {
	head, err := json.Marshal(l.head())
	if err != nil {
		return err
	}
	w.WriteString(checkpointMagic)
	w.Write(head)
	w.WriteByte('\n')
	if err := l.visited.keys.All(func(k storage.Key) error {
		b := k.Bytes()
		_, err := w.Write(b[:])
		return err
	}); err != nil {
		return err
	}
	put := func(block []byte) error {
		w.Write(binary.AppendUvarint(nil, uint64(len(block))))
		_, err := w.Write(block)
		return err
	}
	for _, b := range l.inFlight {
		put(b.records)
	}
	if err := l.level.All(put); err != nil {
		return err
	}
	if err := l.next.All(put); err != nil {
		return err
	}
	return put(l.block)
}

func (l *frontier) head() checkpointHead {
	h := checkpointHead{Of: l.identity(), Explored: l.explored, States: l.report.States, Transitions: l.report.Transitions,
		Depth: l.report.Depth, Stops: l.report.Stops, Taken: l.timesTaken, Fired: l.fired, Met: sortedKeys(l.exercised),
		Level: len(l.inFlight) + l.level.Len(), Next: l.next.Len()}
	h.Actions = actionTexts(l.actions)
	for i, v := range l.report.Violations {
		to := l.violationPaths[i]
		h.Violations = append(h.Violations, checkpointViolation{v.Property, v.Kind, v.Message, actionTexts(to.actions), to.choices})
	}
	return h
}

func actionTexts(actions []Action) []string {
	var texts []string
	for _, a := range actions {
		texts = append(texts, a.String())
	}
	return texts
}

var errDamaged = errors.New("it is damaged, or no checkpoint at all: what it says and its hash do not agree")

// resume goes on from a checkpoint.
func (l *frontier) resume() error {
	f, err := os.Open(l.Resume)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := intact(f)
	if err != nil {
		return fmt.Errorf("%s: %w", l.Resume, err)
	}
	if err := l.read(bufio.NewReaderSize(io.NewSectionReader(f, 0, size), 1<<20), size); err != nil {
		return fmt.Errorf("%s: %w", l.Resume, err)
	}
	return nil
}

// intact returns how long a checkpoint is without its hash, if that is right.
func intact(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	size := info.Size() - 16
	if size < int64(len(checkpointMagic)) || !info.Mode().IsRegular() {
		return 0, errDamaged
	}
	h := xxh3.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, size)); err != nil {
		return 0, err
	}
	var sum [16]byte
	if _, err := f.ReadAt(sum[:], size); err != nil {
		return 0, err
	}
	if h.Sum128().Bytes() != sum {
		return 0, errDamaged
	}
	return size, nil
}

func (l *frontier) read(r *bufio.Reader, size int64) error {
	magic, err := r.ReadString('\n')
	if err != nil || magic != checkpointMagic {
		return errDamaged
	}
	line, err := r.ReadBytes('\n')
	if err != nil {
		return errDamaged
	}
	var h checkpointHead
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return errDamaged
	}
	if how := h.Of.differs(l.identity()); how != "" {
		return errors.New(how)
	}
	if err := l.readHead(h); err != nil {
		return errDamaged
	}
	var key [16]byte
	for range h.States {
		if _, err := io.ReadFull(r, key[:]); err != nil {
			return errDamaged
		}
		if _, err := l.visited.keys.Add(storage.KeyFromBytes(key)); err != nil {
			return err
		}
	}
	for i := range h.Level + h.Next + 1 {
		block, err := readBlock(r, size)
		if err != nil {
			return err
		}
		switch {
		case i < h.Level:
			err = l.level.Put(block)
		case i < h.Level+h.Next:
			err = l.next.Put(block)
		default:
			l.block, l.blockLen = block, l.countRecords(block)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readBlock(r *bufio.Reader, size int64) ([]byte, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil || n > uint64(size) {
		return nil, errDamaged
	}
	block := make([]byte, n)
	if _, err := io.ReadFull(r, block); err != nil {
		return nil, errDamaged
	}
	return block, nil
}

func (l *frontier) countRecords(b []byte) int {
	n := 0
	for ; len(b) > 0; n++ {
		_, _, b = readRecord(b, l.actions)
	}
	return n
}

func (l *frontier) readHead(h checkpointHead) error {
	if len(h.Taken) != len(l.timesTaken) {
		return errDamaged
	}
	actions, err := parseActions(h.Actions)
	if err != nil {
		return err
	}
	for _, a := range actions {
		l.intern(a)
	}
	l.explored, l.timesTaken = h.Explored, h.Taken
	l.report.States, l.report.Transitions, l.report.Depth = h.States, h.Transitions, h.Depth
	for site, n := range h.Stops {
		l.report.Stops[site] = n
	}
	for site, fired := range h.Fired {
		l.fired[site] = fired
	}
	for _, name := range h.Met {
		l.exercised[name] = true
	}
	for _, v := range h.Violations {
		actions, err := parseActions(v.Actions)
		if err != nil {
			return err
		}
		l.addViolationAt(path{actions: actions, choices: v.Choices}, violation{v.Property, v.Kind, v.What})
	}
	return nil
}

func parseActions(texts []string) ([]Action, error) {
	var actions []Action
	for _, text := range texts {
		a, err := parseAction(strings.Fields(text))
		if err != nil {
			return nil, err
		}
		actions = append(actions, a)
	}
	return actions, nil
}
