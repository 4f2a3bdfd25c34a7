package python

type opcode uint8

const (
	opNop  opcode = iota
	opLine        // a: the line of a statement, which is noted the first time
	opConst
	opFast      // a: slot, which is known to be assigned
	opFastMatch // the same, before opGlobal and opMatchClass: skips both, if the class is not the object's
	opFastCheck // a: slot
	opStoreFast
	opDeleteFast
	opCell
	opStoreCell
	opDeleteCell
	opGlobal // a: slot in the module; b: 1 + index of the built-in that was found there
	opStoreGlobal
	opDeleteGlobal
	opName // of the body of a class. a: name; b: slot in the module
	opStoreName
	opDeleteName
	opAttr          // a: name; c: cache
	opFastAttr      // b: slot
	opFastAttrCheck // b: slot
	opStoreAttr
	opDeleteAttr
	opMethod     // pushes a function and the object it is called on, or noSelf and what to call
	opCallMethod // a: arguments
	opCall
	opCallNames // a: arguments, b: index of the names of the last of them
	opCallStar  // a list of arguments and a dict of named ones are on the stack
	opPop
	opDup
	opDup2
	opRot2
	opRot3
	opBinary
	opInplace
	opCompare
	opNot
	opUnary // a: the operator
	opJump
	opJumpBack
	opJumpFalse
	opJumpTrue
	opJumpFalseOrPop
	opJumpTrueOrPop
	opCompareJumpFalse // b: the comparison
	opCompareJumpTrue
	opList
	opTuple
	opSet
	opDict
	opAppend // a: how deep the list is
	opSetAdd
	opDictAdd
	opExtend // of the list below: the elements of what is on top
	opUpdate // of the dict below
	opListToTuple
	opListToSet
	opIter
	opForIter // a: where the loop ends
	opUnpack
	opUnpackStar // a: before the star, b: after
	opSubscript
	opStoreSubscript
	opDeleteSubscript
	opSlice
	opFunction // a: constant; b: 1: defaults are on the stack
	opClass    // a: constant; b: bases
	opReturn
	opRaise // b: 1: a cause is on the stack
	opReraise
	opAssertFail // b: 1: a message is on the stack
	opTry        // a: the handler
	opPopTry
	opExceptionMatch
	opYield
	opImport
	opImportFrom
	opImportStar
	opMatchClass // a: patterns by position, b: index of the names + 1; pushes the values and true, or false
	opMatchSequence
	opFormat // a: conversion; b: 1: a format is on the stack
	opJoin
	opSuper
	opEnter // of a with statement: replaces the value by its __enter__ and __exit__
	opExit  // of a with statement: calls __exit__ with the exception on top
)

// An instruction has up to three operands.
type instruction struct {
	op      opcode
	a, b, c int32
}

// A cache remembers where an instruction found an attribute.
type cache struct {
	class *Class
	epoch int64 // of classes; -1: an attribute of the instance
	slot  int
	value Value
	// module has the attribute in the slot.
	module *Module
}

// Code is a compiled function, module, or body of a class.
type Code struct {
	id        int // among all of the machine
	name      string
	qualified string
	file      string
	line      int
	kind      scopeKind

	params      []string // positional, then by keyword only
	positional  int
	posOnly     int
	star        int // slot of *args, or -1
	starStar    int // slot of **kwargs, or -1
	defaults    int // of the positional ones, the last so many have a default
	kwDefaults  []int
	needsBind   bool // has *args, **kwargs or parameters by keyword
	generator   bool
	locals      int
	stack       int
	slotNames   []string
	cellSlots   []int // made cells when a call begins
	freeFrom    []int // slots of the enclosing frame
	freeTo      []int
	maybeUnset  []int // slots that may be read before they are assigned
	module      *Module
	instr       []instruction
	lines       []int32
	consts      []Value
	names       []string
	keywords    [][]string
	caches      []cache
	annotations []annotation // of the body of a class
	selfStores  []string     // attributes of self that a method assigns
	live        [][]uint64   // by instruction: the slots that may be read from there on; made when needed

	observer *Observer
}

// An annotation is name: type in the body of a class.
type annotation struct {
	name      string
	classVar  bool
	mayBeNone bool // Optional[…] or … | None
}

// Name is the name of the function.
func (c *Code) Name() string { return c.name }

// QualifiedName is its name with those of the classes and functions around it, as __qualname__.
func (c *Code) QualifiedName() string { return c.qualified }

// Line is where its definition stands.
func (c *Code) Line() int { return c.line }

// File is the file of its definition.
func (c *Code) File() string { return c.file }

func (c *Code) place(ip int) Place {
	return Place{c.file, int(c.lines[max(ip-1, 0)]), c.qualified}
}

// effect is how an instruction changes the height of the stack, where it goes on and where it jumps.
func (c *Code) effect(in instruction) (next, jump int) {
	a := int(in.a)
	switch in.op {
	case opConst, opFast, opFastCheck, opCell, opGlobal, opName, opFastAttr, opFastAttrCheck, opDup, opImport, opImportFrom, opMethod, opSuper, opEnter:
		return 1, 0
	case opDup2:
		return 2, 0
	case opStoreFast, opStoreCell, opStoreGlobal, opStoreName, opPop, opBinary, opInplace, opCompare, opSubscript, opAppend, opSetAdd,
		opExtend, opUpdate, opExceptionMatch, opDeleteAttr:
		return -1, 0
	case opExit:
		return 2, 0
	case opCallStar, opDictAdd, opStoreAttr, opDeleteSubscript, opSlice:
		return -2, 0
	case opStoreSubscript:
		return -3, 0
	case opCall, opCallNames:
		return -a, 0
	case opCallMethod:
		return -a - 1, 0
	case opList, opTuple, opSet, opJoin:
		return 1 - a, 0
	case opDict:
		return 1 - 2*a, 0
	case opUnpack:
		return a - 1, 0
	case opUnpackStar:
		return a + int(in.b), 0
	case opFunction:
		return 1 - int(in.b), 0
	case opClass:
		return -int(in.b), 0
	case opFormat:
		return -int(in.b), 0
	}
	return c.jumpEffect(in)
}

func (c *Code) jumpEffect(in instruction) (next, jump int) {
	switch in.op {
	case opJumpFalse, opJumpTrue:
		return -1, -1
	case opCompareJumpFalse, opCompareJumpTrue:
		return -2, -2
	case opJumpFalseOrPop, opJumpTrueOrPop:
		return -1, 0
	case opForIter:
		return 1, -1
	case opTry:
		return 0, 1
	case opMatchClass:
		return c.matched(in) - 2, -2
	}
	return 0, 0
}

// matched is how many values a class pattern takes apart.
func (c *Code) matched(in instruction) int {
	n := int(in.c)
	if in.b > 0 {
		n += len(c.keywords[in.b-1])
	}
	return n
}

// successors are where control may go after an instruction, without exceptions.
func (c *Code) successors(i int) (next []int) {
	switch in := c.instr[i]; in.op {
	case opJump, opJumpBack:
		return []int{int(in.a)}
	case opReturn, opRaise, opReraise, opAssertFail:
		return nil
	case opJumpFalse, opJumpTrue, opJumpFalseOrPop, opJumpTrueOrPop, opCompareJumpFalse, opCompareJumpTrue, opForIter, opMatchClass:
		return []int{i + 1, int(in.a)}
	}
	return []int{i + 1}
}

// handlers are where exceptions go.
func (c *Code) handlers() (hs []int) {
	for _, in := range c.instr {
		if in.op == opTry {
			hs = append(hs, int(in.a))
		}
	}
	return hs
}
