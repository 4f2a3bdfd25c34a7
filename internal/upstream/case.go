package upstream

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A Case is one run in a form that both the port and the Python driver can repeat: its world, its actions, its choices.
type Case struct {
	World         *model.World `json:"world"`
	Deterministic bool         `json:"deterministic,omitempty"`
	Actions       []Step       `json:"actions"` // those of guests and host, in the order in which they are taken
	Choices       []uint64     `json:"choices"` // the numbers that Python's random draws
	States        string       `json:"states,omitempty"`
	Frames        bool         `json:"-"` // on the port the stacks are frames, as in a search; otherwise coroutines
}

// statesFull as a Case's States has the text of each state in the trace. Without it there is the CRC-32 of the text.
const statesFull = "full"

// statesMemories as a Case's States has only the hashes of the memories. The driver of CPython does not know it.
const statesMemories = "memories"

// A Step is one action as JSON: its name, its words, its numbers.
type Step model.Action

// MarshalJSON writes a float as the hexadecimal of its bits, in a string, and a literal as its word and what that is.
func (s Step) MarshalJSON() ([]byte, error) {
	numbers := make([]any, len(s.Args))
	for i, v := range s.Args {
		numbers[i] = v.Uint64()
		if v.IsFloat() {
			numbers[i] = fmt.Sprintf("0x%016x", math.Float64bits(v.Float64()))
		}
		if i < len(s.Literals) && s.Literals[i] != "" {
			numbers[i] = map[string]any{"word": s.Literals[i], "is": model.LiteralTree(s.Literals[i])}
		}
	}
	words := s.Imm
	if words == nil {
		words = []string{}
	}
	return json.Marshal([]any{s.Op, words, numbers})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Step) UnmarshalJSON(b []byte) error {
	var numbers []json.RawMessage
	if err := json.Unmarshal(b, &[]any{&s.Op, &s.Imm, &numbers}); err != nil {
		return err
	}
	s.Args = nil
	for _, raw := range numbers {
		v, err := parseNumber(string(raw))
		if err != nil {
			return err
		}
		s.Args = append(s.Args, v)
	}
	return nil
}

// parseNumber reads a number that MarshalJSON has written.
func parseNumber(raw string) (spec.CoreValue, error) {
	if text, ok := strings.CutPrefix(raw, `"0x`); ok {
		bits, err := strconv.ParseUint(strings.TrimSuffix(text, `"`), 16, 64)
		return spec.CoreFloat(math.Float64frombits(bits)), err
	}
	n, err := strconv.ParseUint(raw, 10, 64)
	return spec.CoreInt(n), err
}
