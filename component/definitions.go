package component

// A sort is what an index counts: the sorts of components as the binary format numbers them, those of core code from coreSorts on.
type sort uint16

const coreSorts sort = 0x100

const (
	sortFunc      sort = 0x01
	sortValue     sort = 0x02
	sortType      sort = 0x03
	sortComponent sort = 0x04
	sortInstance  sort = 0x05

	sortCoreFunc     = coreSorts + 0x00
	sortCoreTable    = coreSorts + 0x01
	sortCoreMemory   = coreSorts + 0x02
	sortCoreGlobal   = coreSorts + 0x03
	sortCoreTag      = coreSorts + 0x04
	sortCoreType     = coreSorts + 0x10
	sortCoreModule   = coreSorts + 0x11
	sortCoreInstance = coreSorts + 0x12
)

var sortNames = map[sort]string{
	sortFunc: "func", sortValue: "value", sortType: "type", sortComponent: "component", sortInstance: "instance",
	sortCoreFunc: "core func", sortCoreTable: "core table", sortCoreMemory: "core memory", sortCoreGlobal: "core global",
	sortCoreTag: "core tag", sortCoreType: "core type", sortCoreModule: "core module", sortCoreInstance: "core instance",
}

func (s sort) String() string { return sortNames[s] }

// A sortIndex is a definition by its sort and index.
type sortIndex struct {
	sort  sort
	index uint32
}

// A named is a definition that is given under a name: an argument or an inline export.
type named struct {
	name string
	sortIndex
}

// A definition is one entry of a component's sections, in their order. Each is a pointer to one of the types below.
type definition interface{ where() place }

func (p place) where() place { return p }

type (
	coreModuleDef struct {
		place
		module *Module
	}
	coreInstanceDef struct {
		place
		module *uint32 // nil: the arguments are inline exports
		args   []named
	}
	coreTypeDef struct {
		place
		types []coreType // more than one: a recursive group
	}
	componentDef struct {
		place
		component *Component
	}
	instanceDef struct {
		place
		component *uint32 // nil: the arguments are inline exports
		args      []named
	}
	aliasDef struct {
		place
		sort  sort
		kind  aliasKind
		outer uint32 // how many scopes outward
		index uint32 // of the instance, or in the outer scope
		name  string
	}
	typeDef struct {
		place
		t defType
	}
	startDef struct {
		place
		index uint32
	}
	importDef struct {
		place
		name string
		t    externType
	}
	exportDef struct {
		place
		name string
		sortIndex
		t *externType // nil: none is ascribed
	}
	// exportDecl is an export in the type of a component or instance.
	exportDecl struct {
		place
		name string
		t    externType
	}
	valueDef struct{ place }
)

type aliasKind byte

const (
	aliasExport aliasKind = iota
	aliasCoreExport
	aliasOuter
)

// An externType is the declared type of an import or export.
type externType struct {
	sort  sort
	index uint32 // of the type; not of (sub resource)
	sub   bool   // a type that is (sub resource)
}

// A valType is a value type: a type index, or, below zero, the code of a primitive type.
type valType int64

// A defType is a type definition: each is one of the types below.
type defType interface{}

type (
	primitive struct{ t valType }
	labelled  struct {
		label string
		t     *valType // nil: a case without a payload
	}
	recordDef  struct{ fields []labelled }
	variantDef struct{ cases []labelled }
	listDef    struct {
		t      valType
		length *uint64
	}
	tupleDef    struct{ ts []valType }
	flagsDef    struct{ labels []string }
	enumDef     struct{ labels []string }
	optionDef   struct{ t valType }
	resultDef   struct{ ok, err *valType }
	ownDef      struct{ index uint32 }
	borrowDef   struct{ index uint32 }
	streamDef   struct{ t *valType }
	futureDef   struct{ t *valType }
	mapDef      struct{ k, v valType }
	resourceDef struct {
		rep  coreVal
		dtor *uint32
	}
	funcDef struct {
		params []labelled
		result *valType
		async  bool
	}
	componentTypeDef struct{ decls []definition }
	instanceTypeDef  struct{ decls []definition }
)
