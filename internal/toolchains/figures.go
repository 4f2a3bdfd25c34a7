package toolchains

import "cabi/internal/program"

// A Figure is how fast a component ran somewhere, in a process of its own.
type Figure struct {
	Component string  `json:"component"`
	Where     string  `json:"where"`
	First     float64 `json:"first_ms"` // processor time from the bytes to an instance
	Again     float64 `json:"again_ms"` // a further instance
	Call      float64 `json:"call_us"`  // a call with a string, of many in one instance
	Memory    int     `json:"memory_mb"`
}

// Measured are the components that figures are made of, with the call that is measured.
var Measured = map[string]program.Call{
	"starlingmonkey-text": {Export: "local:text/text#upper", Args: `"hello, world"`},
	"quickjs-text":        {Export: "local:text/text#upper", Args: `"hello, world"`},
	"rust-redact": {Export: "redact", Args: `"write to me@example.com or call 555-123-4567", ` +
		`{entities: none, context-window-size: none, skip-custom-detect: true, skip-custom-redact: true}`},
}

// ByName is the component of that name.
func ByName(name string) (Component, bool) {
	for _, c := range Components() {
		if c.Name() == name {
			return c, true
		}
	}
	return Component{}, false
}
