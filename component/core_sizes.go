package component

import "fmt"

// maxLocals bounds the locals of a core function, as the embeddings of core WebAssembly do.
const maxLocals = 50_000

// checkSizes checks that the core module is not smaller than it announces: wazero allocates what is announced before it reads on.
func (m *Module) checkSizes() (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *DecodeError:
			err = r
		case *UnsupportedError:
			err = r
		default:
			panic(r)
		}
	}()
	r := &reader{b: m.raw, base: m.offset, section: "core module section", i: len(corePreamble)}
	for r.more() {
		id := r.byte()
		r.sub(r.u32(), r.section).checkSection(id)
	}
	return nil
}

func (r *reader) checkSection(id byte) {
	switch id {
	case 1, 2, 3, 4, 5, 6, 7, 13:
		r.count()
	case 9:
		vec(r, r.skipElement)
	case 10:
		vec(r, r.checkCode)
	case 11:
		vec(r, r.skipData)
	}
}

// count reads the length of a vec, of whose elements each takes at least a byte.
func (r *reader) count() uint32 {
	from := r.i
	n := r.u32()
	if uint64(n) > uint64(len(r.b)-r.i) {
		r.failAt(from, "%d elements are announced, %d bytes are left", n, len(r.b)-r.i)
	}
	return n
}

// checkCode counts the locals of a function.
func (r *reader) checkCode() (none struct{}) {
	body := r.sub(r.u32(), r.section)
	at, locals := body.i, uint64(0)
	for range body.count() {
		locals += uint64(body.u32())
		body.coreVal()
	}
	if locals > maxLocals {
		body.failAt(at, "a core function has %d locals, more than %d", locals, maxLocals)
	}
	return none
}

func (r *reader) skipElement() (none struct{}) {
	at := r.i
	flags := r.u32()
	if flags > 7 {
		r.failAt(at, "no element segment has the flags %d", flags)
	}
	if active := flags&1 == 0; active {
		if flags&2 != 0 {
			r.u32()
		}
		r.skipExpr()
	}
	expressions := flags&4 != 0
	switch {
	case flags&3 == 0:
	case expressions:
		r.coreVal()
	default:
		r.byte()
	}
	for range r.count() {
		if expressions {
			r.skipExpr()
		} else {
			r.u32()
		}
	}
	return none
}

func (r *reader) skipData() (none struct{}) {
	at := r.i
	flags := r.u32()
	switch flags {
	case 0, 1:
	case 2:
		r.u32()
	default:
		r.failAt(at, "no data segment has the flags %d", flags)
	}
	if flags != 1 {
		r.skipExpr()
	}
	r.bytes(r.u32())
	return none
}

// skipExpr skips a constant expression, of the instructions that wazero has there.
func (r *reader) skipExpr() {
	for {
		switch c := r.byte(); c {
		case 0x0b: // end
			return
		case 0x23, 0xd2: // global.get, ref.func
			r.u32()
		case 0x41, 0x42: // i32.const, i64.const
			r.skipLEB()
		case 0x43:
			r.bytes(4)
		case 0x44:
			r.bytes(8)
		case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e: // add, sub, mul
		case 0xd0: // ref.null
			r.s33()
		case 0xfd: // v128.const
			r.u32()
			r.bytes(16)
		default:
			panic(&UnsupportedError{fmt.Sprintf("the instruction %#02x in a constant expression", c)})
		}
	}
}

func (r *reader) skipLEB() {
	for r.byte() >= 0x80 {
	}
}
