package python

// The nodes of the syntax tree. Each has the line that CPython gives it, which is the line of an exception in it.

type node struct{ line int }

func (n node) at() int { return n.line }

type expression interface{ at() int }

type (
	nameExpr struct {
		node
		name string
	}
	constExpr struct {
		node
		value Value
	}
	attrExpr struct {
		node
		of       expression
		name     string
		nameLine int
	}
	callExpr struct {
		node
		fn       expression
		args     []expression // may hold starExpr
		keywords []keyword
	}
	binaryExpr struct {
		node
		op          binaryOp
		left, right expression
	}
	unaryExpr struct {
		node
		op byte // - + ~ !
		of expression
	}
	boolExpr struct {
		node
		and    bool
		values []expression
	}
	compareExpr struct {
		node
		ops    []compareOp
		values []expression // one more than ops
	}
	ifExpr struct {
		node
		test, then, other expression
	}
	listExpr struct {
		node
		values []expression
	}
	tupleExpr struct {
		node
		values []expression
	}
	setExpr struct {
		node
		values []expression
	}
	dictExpr struct {
		node
		keys, values []expression // a nil key: **value
	}
	subscriptExpr struct {
		node
		of, index expression
	}
	sliceExpr struct {
		node
		lower, upper, step expression
	}
	lambdaExpr struct {
		node
		params *parameters
		body   expression
	}
	compExpr struct {
		node
		kind       compKind
		key, value expression // key of a dict comprehension only
		clauses    []compClause
	}
	namedExpr struct {
		node
		name  *nameExpr
		value expression
	}
	yieldExpr struct {
		node
		value expression
	}
	formatExpr struct {
		node
		parts []formatted
	}
	starExpr struct {
		node
		of expression
	}
)

type keyword struct {
	name  string // "": **value
	value expression
	line  int
}

type formatted struct {
	text       string
	value      expression // nil: text
	conversion byte
	spec       *formatExpr
}

type compKind uint8

const (
	listComp compKind = iota
	setComp
	dictComp
	generatorComp
)

type compClause struct {
	target expression
	iter   expression
	ifs    []expression
}

type parameter struct {
	name       string
	line       int
	annotation expression
	fallback   expression
}

type parameters struct {
	positional []parameter // of these the first few are positional only
	posOnly    int
	star       *parameter // *args
	keyword    []parameter
	starStar   *parameter // **kwargs
}

type statement interface{ at() int }

type (
	exprStmt struct {
		node
		value expression
	}
	assignStmt struct {
		node
		targets []expression
		value   expression
	}
	annotatedStmt struct {
		node
		target     expression
		annotation expression
		value      expression
	}
	augmentedStmt struct {
		node
		target expression
		op     binaryOp
		value  expression
	}
	returnStmt struct {
		node
		value expression
	}
	raiseStmt struct {
		node
		value, cause expression
	}
	assertStmt struct {
		node
		test, message expression
	}
	deleteStmt struct {
		node
		targets []expression
	}
	passStmt  struct{ node }
	breakStmt struct {
		node
		again bool // continue
	}
	scopeStmt struct {
		node
		global bool
		names  []string
	}
	importStmt struct {
		node
		module string
		from   bool
		names  []importName // of from; one with the name * for all
		as     string       // of import
	}
	ifStmt struct {
		node
		test        expression
		then, other []statement
	}
	whileStmt struct {
		node
		test        expression
		body, other []statement
	}
	forStmt struct {
		node
		target, iter expression
		body, other  []statement
	}
	tryStmt struct {
		node
		body, other, finally []statement
		handlers             []handler
	}
	withStmt struct {
		node
		value  expression
		target expression
		body   []statement
	}
	funcStmt struct {
		node
		name       string
		params     *parameters
		returns    expression
		decorators []expression
		body       []statement
	}
	classStmt struct {
		node
		name       string
		bases      []expression
		decorators []expression
		body       []statement
	}
	matchStmt struct {
		node
		subject expression
		cases   []matchCase
	}
)

type importName struct{ name, as string }

type handler struct {
	line int
	kind expression
	name string
	body []statement
}

type matchCase struct {
	pattern pattern
	guard   expression
	body    []statement
}

type pattern interface{ at() int }

type (
	valuePattern struct {
		node
		value expression
	}
	onlyPattern struct { // None, True, False
		node
		value Value
	}
	capturePattern struct {
		node
		name string // "": _
	}
	asPattern struct {
		node
		of   pattern
		name string
	}
	orPattern struct {
		node
		of []pattern
	}
	classPattern struct {
		node
		class expression
		args  []pattern
		names []string // of the last of args
	}
	sequencePattern struct {
		node
		of   []pattern
		star int // which of them is a starPattern, or -1
	}
	starPattern struct {
		node
		name string
	}
)
