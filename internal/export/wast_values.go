package export

import (
	"strings"

	"cabi/internal/wast"
	"cabi/spec"
)

// values are component-level values as constants of a script, each after a space. A call that never took its arguments has none: zeros
// will do.
func (w *wastWriter) values(ts []spec.ValType, vs []spec.Value) string {
	var b strings.Builder
	for i, t := range ts {
		if holdsHandles(t) {
			w.fail(unsupported("the host gets or passes a %s", spec.TypeName(t)))
			return ""
		}
		if i >= len(vs) {
			w.fail(unsupported("a call of the host's never takes its arguments"))
			return ""
		}
		b.WriteString(" " + wast.Constant(t, vs[i]))
	}
	return b.String()
}
