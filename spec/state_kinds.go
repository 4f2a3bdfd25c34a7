// Not upstream's: the kinds of objects that the text of a state numbers.

package spec

// A StateKind is a kind of objects that are numbered in the text of a state, each kind from 1.
type StateKind int

// The kinds.
const (
	StateThread StateKind = iota
	StateTask
	StateHandle
	StateSubtask
	StateEnd
	StateSet
	StateStream
	StateFuture
	StateHostShared
	StateBuffer
	StateMemory
	StateKinds // how many there are
)

var stateKindNames = [StateKinds]string{"thread", "task", "h", "subtask", "end", "set", "stream", "future", "host-shared", "buffer", "memory"}

// String is the word before the number.
func (k StateKind) String() string { return stateKindNames[k] }
