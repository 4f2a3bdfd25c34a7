// Not upstream's: layouts of tables beside the pin's: component-model#395 and upstream's history.

package spec

var resourceTableVariant = &Variant{
	Name:      "resource-table",
	Layout:    resourceTable{},
	Numbering: lifo,
	Says:      "one table for all resources, one each for waitables, waitable sets, error contexts; LIFO",
	Origin:    "a64b04e (2024-12-04) .. parent of cdbf5cc",
}

// resourceTable has one table for each class, all waitables being one.
type resourceTable struct{}

func (resourceTable) Key(want Expected) TableKey {
	if want.Class.Waitable() {
		return TableKey{Class: ClassWaitable}
	}
	return TableKey{Class: want.Class}
}

func (l resourceTable) Holds(k TableKey, want Expected) bool { return k == l.Key(want) }

var singleTableThreadsVariant = &Variant{
	Name:      "single-table-threads",
	Layout:    withThreads{},
	Numbering: lifo,
	Says:      "one table an instance for everything, threads too; LIFO",
	Origin:    "1ba749e .. parent of 5f49720 (2026-01-27)",
}

// withThreads keeps everything together.
type withThreads struct{}

func (withThreads) Key(Expected) TableKey { return TableKey{} }

func (withThreads) Holds(TableKey, Expected) bool { return true }

var perPayloadTypeVariant = &Variant{
	Name:      "per-payload-type",
	Layout:    perPayloadType{},
	Numbering: lifo,
	Says:      "as per-type, and a table for each stream and each future type; LIFO",
	Origin:    "what one table for all waitables avoids: an event's index would not say which waitable it is for",
}

// perPayloadType is perType with a table for each type of streams and of futures.
type perPayloadType struct{ perType }

func (l perPayloadType) Key(want Expected) TableKey {
	switch want.Class {
	case ClassReadableStreamEnd, ClassWritableStreamEnd:
		return TableKey{Class: ClassReadableStreamEnd, Payload: want.Payload, Typed: true}
	case ClassReadableFutureEnd, ClassWritableFutureEnd:
		return TableKey{Class: ClassReadableFutureEnd, Payload: want.Payload, Typed: true}
	}
	return l.perType.Key(want)
}

// Holds is true of every table with waitables where just any waitable is wanted.
func (l perPayloadType) Holds(k TableKey, want Expected) bool {
	return k.equal(l.Key(want)) || want.Class == ClassWaitable && k.Class.Waitable()
}

var storeWideVariant = &Variant{
	Name:      "store-wide",
	Layout:    singleTable{},
	Numbering: lifo,
	Shared:    true,
	Says:      "one table for all instances, each reaching only its own elements; LIFO",
	Origin:    "the leak between instances that tables of their own close",
}
