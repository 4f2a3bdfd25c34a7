// Not upstream's: the numbers of definitions.py that a world may lower.

package spec

// Limits are the numbers of definitions.py that bound what a guest can do. A world lowers them to reach their traps.
// A zero field means upstream's number.
type Limits struct {
	TableLength         uint64 // Table.MAX_LENGTH
	BufferLength        uint64 // Buffer.MAX_LENGTH
	Backpressure        int64  // the 2**16 of canon_backpressure_inc and _dec
	InitialBackpressure int64  // what a new instance's count starts at; upstream: 0
	RandomIndices       uint64 // the random numbering draws indices up to this; a table can have no more elements than that
	StringByteLength    uint64 // MAX_STRING_BYTE_LENGTH
	ListByteLength      uint64 // MAX_LIST_BYTE_LENGTH
	ReallocI32          uint64 // REALLOC_I32_MAX
	FlatParams          int    // MAX_FLAT_PARAMS
	FlatAsyncParams     int    // MAX_FLAT_ASYNC_PARAMS
	FlatResults         int    // MAX_FLAT_RESULTS
}

// UpstreamLimits are the limits of definitions.py.
var UpstreamLimits = Limits{
	TableLength:      tableMaxLength,
	BufferLength:     bufferMaxLength,
	Backpressure:     1 << 16,
	RandomIndices:    tableMaxLength,
	StringByteLength: maxStringByteLength,
	ListByteLength:   maxListByteLength,
	ReallocI32:       reallocI32Max,
	FlatParams:       maxFlatParams,
	FlatAsyncParams:  maxFlatAsyncParams,
	FlatResults:      maxFlatResults,
}

func (l Limits) withDefaults() Limits {
	u := UpstreamLimits
	setDefault(&l.TableLength, u.TableLength)
	setDefault(&l.BufferLength, u.BufferLength)
	setDefault(&l.Backpressure, u.Backpressure)
	setDefault(&l.RandomIndices, u.RandomIndices)
	setDefault(&l.StringByteLength, u.StringByteLength)
	setDefault(&l.ListByteLength, u.ListByteLength)
	setDefault(&l.ReallocI32, u.ReallocI32)
	setDefault(&l.FlatParams, u.FlatParams)
	setDefault(&l.FlatAsyncParams, u.FlatAsyncParams)
	setDefault(&l.FlatResults, u.FlatResults)
	return l
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
