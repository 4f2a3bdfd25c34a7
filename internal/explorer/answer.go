package explorer

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
)

// Answer answers a question by lines of JSON: any number of {"progress":…}, and then {"answer":…} or {"error":…}. If tell returns false, the
// question is dropped.
func Answer(question []byte, tell func(line []byte) bool) {
	say := func(kind string, what any) bool {
		line, err := json.Marshal(map[string]any{kind: what})
		if err != nil {
			line = []byte(`{"error":"the answer cannot be written as JSON"}`)
		}
		return tell(line)
	}
	defer func() {
		if p := recover(); p != nil {
			say("error", fmt.Sprintf("the engine failed, which is a defect of it: %v\n%s", p, debug.Stack()))
		}
	}()
	answer, err := Do(question, func(p any) bool { return say("progress", p) })
	if err != nil {
		say("error", err.Error())
		return
	}
	say("answer", answer)
}
