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

	"cabi/internal/output"
	"cabi/internal/storage"
	"cabi/spec"
)

// A Checkpoint says where a breadth-first search writes its checkpoints, from which it can be resumed.
type Checkpoint struct {
	File  string        // "": nowhere
	Every time.Duration // 0: only when the search is stopped early
}

// A checkpoint file is a line that says that it is one, a line of JSON (checkpointHead), the keys of the visited states, the frontier
// as blocks of records, and a hash of all that.
const checkpointMagic = "cabi checkpoint 1\n"

// checkpointHead is the JSON of a checkpoint.
type checkpointHead struct {
	Of          searchIdentity
	Expanded    int `json:"Explored"`
	States      int
	Transitions int
	Verified    int `json:",omitempty"`
	Depth       int
	Stops       map[string]int
	Taken       []int              // how often, by template
	Fired       map[spec.Site]bool // of the sites that were evaluated
	Exercised   []string           `json:"Met"`
	Actions     []string           // by their number
	Violations  []checkpointViolation
	Level, Next int // how many blocks of records, beside one that is not full
	// Changed is what the definitions.py has not, or in another way, and ChangedBefore how much of it was known when the search began.
	Changed       map[string]string `json:",omitempty"`
	ChangedBefore int               `json:",omitempty"`
}

// checkpointViolation is a violation and the path to it.
type checkpointViolation struct {
	Property, Kind, Shape, What string
	Actions                     []string
	Choices                     []uint32
}

// A searchIdentity tells a search from others: a checkpoint is resumed only by the search that wrote it.
type searchIdentity struct {
	Build         string // a hash of the program: another one may give a state another fingerprint
	World         string
	Variant       string
	Source        string `json:",omitempty"` // a hash of the definitions.py; empty: the port
	Properties    []string
	Bounds        Bounds
	KeepGoing     bool
	ByShape       bool
	Full          bool
	Deterministic bool
	Without       []spec.Site
}

func (s *Search) identity() searchIdentity {
	world, _ := json.Marshal(s.World)
	of := searchIdentity{buildID(), string(world), s.Variant.Name, "", nil, s.Bounds, s.KeepGoing, s.ByShape, s.Full, s.Deterministic, sortedKeys(s.Without)}
	if s.Source != nil {
		of.Source = s.Source.Hash()
	}
	for _, p := range s.Properties {
		of.Properties = append(of.Properties, p.Name)
	}
	return of
}

// buildID is a hash of the program. It is computed once, since the program is read for it.
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

// differs says how another search is not the one that a checkpoint is of; "": it is the same.
func (s searchIdentity) differs(other searchIdentity) string {
	differ := func(what string, a, b any) string {
		if x, y := fmt.Sprint(a), fmt.Sprint(b); x != y {
			return fmt.Sprintf("it is of %s %s, and this search is of %s", what, x, y)
		}
		return ""
	}
	ofWorld := ""
	if s.World != other.World {
		ofWorld = "it is of another world, or of another version of it"
	}
	if s.Source != other.Source {
		ofWorld = cmp.Or(ofWorld, "it is of another definitions.py, or of the port, and this search is not")
	}
	ofBuild := ""
	if s.Build != other.Build {
		ofBuild = "it was written by another build of cabi, which may tell states apart otherwise"
	}
	return cmp.Or(ofWorld, differ("variant", s.Variant, other.Variant), differ("properties", s.Properties, other.Properties),
		differ("bounds", s.Bounds, other.Bounds), differ("--keep-going", s.KeepGoing, other.KeepGoing), differ("whether shapes are told apart", s.ByShape, other.ByShape), differ("--full", s.Full, other.Full),
		differ("the deterministic profile", s.Deterministic, other.Deterministic), differ("what is switched off", s.Without, other.Without), ofBuild)
}

// checkpointIfDue writes a checkpoint if the time for the next one has come.
func (b *breadthFirst) checkpointIfDue() {
	if b.Checkpoint.Every > 0 && time.Since(b.lastCheckpoint) >= b.Checkpoint.Every {
		b.checkpoint()
	}
}

// checkpoint writes a checkpoint, if a file for it is given. The one before is replaced once the new one is complete.
func (b *breadthFirst) checkpoint() {
	name := b.Checkpoint.File
	if name == "" || b.visited.err != nil {
		return
	}
	if err := output.Write(name, b.writeTo); err != nil {
		b.visited.noteError(fmt.Errorf("the checkpoint: %w", err))
	}
	b.lastCheckpoint = time.Now()
}

// writeTo writes the checkpoint and its hash.
func (b *breadthFirst) writeTo(f io.Writer) error {
	h := xxh3.New()
	w := bufio.NewWriterSize(io.MultiWriter(f, h), 1<<20)
	if err := b.write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	sum := h.Sum128().Bytes()
	_, err := f.Write(sum[:])
	return err
}

func (b *breadthFirst) write(w *bufio.Writer) error {
	head, err := json.Marshal(b.head())
	if err != nil {
		return err
	}
	w.WriteString(checkpointMagic)
	w.Write(head)
	w.WriteByte('\n')
	if err := b.visited.keys.All(func(k storage.Key) error {
		bytes := k.Bytes()
		_, err := w.Write(bytes[:])
		return err
	}); err != nil {
		return err
	}
	put := func(block []byte) error {
		w.Write(binary.AppendUvarint(nil, uint64(len(block))))
		_, err := w.Write(block)
		return err
	}
	for _, batch := range b.inFlight {
		put(batch.records)
	}
	if err := b.level.All(put); err != nil {
		return err
	}
	if err := b.next.All(put); err != nil {
		return err
	}
	return put(b.block)
}

func (b *breadthFirst) head() checkpointHead {
	h := checkpointHead{Of: b.identity(), Expanded: b.expanded, States: b.report.States, Transitions: b.report.Transitions, Verified: b.report.Verified,
		Depth: b.report.Depth, Stops: b.report.Stops, Taken: b.timesTaken, Fired: b.fired, Exercised: sortedKeys(b.exercised),
		Level: len(b.inFlight) + b.level.Len(), Next: b.next.Len()}
	h.Changed, h.ChangedBefore = b.changed.all(), b.changedBefore
	h.Actions = actionTexts(b.actions)
	for i, v := range b.report.Violations {
		to := b.violationPaths[i]
		h.Violations = append(h.Violations, checkpointViolation{v.Property, v.Kind, v.Shape, v.Message, actionTexts(to.actions), to.choices})
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

// resume reads the checkpoint that the search is to go on from.
func (b *breadthFirst) resume() error {
	f, err := os.Open(b.Resume)
	if err != nil {
		return fmt.Errorf("%s: %w", b.Resume, output.Reason(err))
	}
	defer f.Close()
	size, err := intact(f)
	if err != nil {
		return fmt.Errorf("%s: %w", b.Resume, err)
	}
	if err := b.read(bufio.NewReaderSize(io.NewSectionReader(f, 0, size), 1<<20), size); err != nil {
		return fmt.Errorf("%s: %w", b.Resume, err)
	}
	return nil
}

// intact checks the hash at the end of a checkpoint, and returns how many bytes come before it.
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

func (b *breadthFirst) read(r *bufio.Reader, size int64) error {
	h, err := decodeCheckpointHead(r)
	if err != nil {
		return err
	}
	if how := h.Of.differs(b.identity()); how != "" {
		return errors.New(how)
	}
	if err := b.readHead(h); err != nil {
		return errDamaged
	}
	var key [16]byte
	for range h.States {
		if _, err := io.ReadFull(r, key[:]); err != nil {
			return errDamaged
		}
		if _, err := b.visited.keys.Add(storage.KeyFromBytes(key)); err != nil {
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
			err = b.level.Put(block)
		case i < h.Level+h.Next:
			err = b.next.Put(block)
		default:
			b.block, b.blockLen = block, b.countRecords(block)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readCheckpointHead reads the head of a checkpoint.
func readCheckpointHead(file string) (checkpointHead, error) {
	f, err := os.Open(file)
	if err != nil {
		return checkpointHead{}, err
	}
	defer f.Close()
	return decodeCheckpointHead(bufio.NewReader(f))
}

func decodeCheckpointHead(r *bufio.Reader) (h checkpointHead, err error) {
	magic, err := r.ReadString('\n')
	if err != nil || magic != checkpointMagic {
		return h, errDamaged
	}
	line, err := r.ReadBytes('\n')
	if err != nil {
		return h, errDamaged
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return h, errDamaged
	}
	return h, nil
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

func (b *breadthFirst) countRecords(block []byte) int {
	n := 0
	for ; len(block) > 0; n++ {
		_, _, block = readRecord(block, b.actions, new([]Action), new([]uint32))
	}
	return n
}

func (b *breadthFirst) readHead(h checkpointHead) error {
	if len(h.Taken) != len(b.timesTaken) {
		return errDamaged
	}
	actions, err := b.World.parseActions(h.Actions)
	if err != nil {
		return err
	}
	for _, a := range actions {
		b.intern(a)
	}
	b.expanded, b.timesTaken = h.Expanded, h.Taken
	b.report.States, b.report.Transitions, b.report.Verified, b.report.Depth = h.States, h.Transitions, h.Verified, h.Depth
	for site, n := range h.Stops {
		b.report.Stops[site] = n
	}
	for site, fired := range h.Fired {
		b.fired[site] = fired
	}
	for _, name := range h.Exercised {
		b.exercised[name] = true
	}
	for _, v := range h.Violations {
		actions, err := b.World.parseActions(v.Actions)
		if err != nil {
			return err
		}
		b.addViolationAt(path{actions: actions, choices: v.Choices}, violation{v.Property, v.Kind, v.Shape, v.What})
	}
	return nil
}

func (w *World) parseActions(texts []string) ([]Action, error) {
	var actions []Action
	for _, text := range texts {
		a, err := w.parseAction(strings.Fields(text))
		if err != nil {
			return nil, err
		}
		actions = append(actions, a)
	}
	return actions, nil
}
