package python

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"
)

// The tags of values. Small integers have tags of their own.
const (
	tagNone byte = iota
	tagFalse
	tagTrue
	tagInt
	tagBig
	tagFloat
	tagText
	tagBytes
	tagSingleton
	tagEmpty // the empty tuple
	tagNative
	tagClass
	tagModule
	tagMember
	tagBase   // an object of the base
	tagAgain  // an object that was met before
	tagObject // the tag of the first kind of objects
)

const tagSmall = 100 // and more: an integer from 0 on

var singletons = []*singleton{unset, noSelf, Ellipsis, NotImplemented, traceback, missingArg, enumAuto}

// kinds make objects, by their tag.
var kinds = []func() any{
	func() any { return &Instance{} }, func() any { return &List{} }, func() any { return &Tuple{} }, func() any { return &cell{} },
	func() any { return &Function{} }, func() any { return &Method{} }, func() any { return &lock{} }, func() any { return &Fiber{} },
	func() any { return &Dict{} }, func() any { return newSet() }, func() any { return &Bytearray{} }, func() any { return &Partial{} },
	func() any { return &generator{} }, func() any { return &threadObject{} }, func() any { return &localObject{} },
	func() any { return &listIterator{} }, func() any { return &itemsIterator{} }, func() any { return &dictIterator{} },
	func() any { return &setIterator{} }, func() any { return &rangeIterator{} }, func() any { return &textIterator{} },
	func() any { return &bytesIterator{} }, func() any { return &enumerateIterator{} }, func() any { return &zipIterator{} },
	func() any { return &mapIterator{} }, func() any { return &getitemIterator{} }, func() any { return &rangeType{} },
	func() any { return &dictView{} }, func() any { return &property{} }, func() any { return &wrapped{} }, func() any { return &TypeForm{} },
}

func kindOf(v any) int {
	switch v.(type) {
	case *Instance:
		return 0
	case *List:
		return 1
	case *Tuple:
		return 2
	case *cell:
		return 3
	case *Function:
		return 4
	case *Method:
		return 5
	case *lock:
		return 6
	case *Fiber:
		return 7
	case *Dict:
		return 8
	case *Set:
		return 9
	case *Bytearray:
		return 10
	case *Partial:
		return 11
	case *generator:
		return 12
	case *threadObject:
		return 13
	case *localObject:
		return 14
	}
	return kindOfIterator(v)
}

func kindOfIterator(v any) int {
	switch v.(type) {
	case *listIterator:
		return 15
	case *itemsIterator:
		return 16
	case *dictIterator:
		return 17
	case *setIterator:
		return 18
	case *rangeIterator:
		return 19
	case *textIterator:
		return 20
	case *bytesIterator:
		return 21
	case *enumerateIterator:
		return 22
	case *zipIterator:
		return 23
	case *mapIterator:
		return 24
	case *getitemIterator:
		return 25
	case *rangeType:
		return 26
	case *dictView:
		return 27
	case *property:
		return 28
	case *wrapped:
		return 29
	case *TypeForm:
		return 30
	}
	return -1
}

// value goes through a value.
func (c *codec) value(v *Value) {
	if c.err != nil {
		return
	}
	if c.reading {
		*v = c.read()
	} else {
		c.write(*v)
	}
}

func (c *codec) write(v Value) {
	switch x := v.(type) {
	case nil:
		c.byte(tagNone)
	case bool:
		if x {
			c.byte(tagTrue)
		} else {
			c.byte(tagFalse)
		}
	case int:
		if x >= 0 && x < 256-tagSmall {
			c.byte(tagSmall + byte(x))
			return
		}
		c.byte(tagInt)
		c.int(x)
	case *big.Int:
		c.byte(tagBig)
		c.big(x)
	case float64:
		c.byte(tagFloat)
		c.buf = binary.LittleEndian.AppendUint64(c.buf, math.Float64bits(x))
	case string:
		c.byte(tagText)
		c.text(&x)
	case Bytes:
		c.byte(tagBytes)
		s := string(x)
		c.text(&s)
	case *singleton:
		c.byte(tagSingleton)
		c.int(slices.Index(singletons, x))
	default:
		c.writeNamed(v)
	}
}

// writeNamed writes what every machine has under the same name.
func (c *codec) writeNamed(v Value) {
	switch x := v.(type) {
	case *Native:
		if c.m.natives[x.key] != x {
			c.fail("the built-in %s was made at run time", x.name)
		}
		c.byte(tagNative)
		c.text(&x.key)
	case *Class:
		c.byte(tagClass)
		c.classRef(&x)
	case *Module:
		c.byte(tagModule)
		c.text(&x.name)
	case *EnumMember:
		c.byte(tagMember)
		k := x.class
		c.classRef(&k)
		c.int(slices.Index(k.members, x))
	default:
		c.writeObject(v)
	}
}

func (c *codec) classRef(k **Class) {
	id := 0
	if !c.reading {
		id = (*k).id
	}
	id = c.int(id)
	if id < 0 || id >= c.m.base.classes || !c.reading && c.m.classes[id] != *k {
		c.fail("a class that was made since the base")
		return
	}
	*k = c.m.classes[id]
}

func (c *codec) writeObject(v Value) {
	if t, ok := v.(*Tuple); ok && len(t.items) == 0 {
		c.byte(tagEmpty)
		return
	}
	h := headOf(v)
	switch {
	case h == nil:
		c.fail("a %T has no form", v)
	case h.base != 0:
		c.byte(tagBase)
		c.int(int(h.base))
	case h.epoch == c.m.encodeEpoch:
		c.byte(tagAgain)
		c.int(int(h.num))
	default:
		h.epoch, h.num = c.m.encodeEpoch, int32(len(c.objects))
		c.objects = append(c.objects, v)
		c.byte(tagObject + byte(kindOf(v)))
		c.content(v)
	}
}

func (c *codec) read() Value {
	tag := c.byte(0)
	switch tag {
	case tagNone:
		return nil
	case tagFalse:
		return false
	case tagTrue:
		return true
	case tagInt:
		return c.int(0)
	case tagBig:
		return c.big(nil)
	case tagFloat:
		if len(c.buf)-c.at < 8 {
			c.fail("it ends early")
			return nil
		}
		c.at += 8
		return math.Float64frombits(binary.LittleEndian.Uint64(c.buf[c.at-8:]))
	case tagText, tagBytes:
		var s string
		c.text(&s)
		if tag == tagBytes {
			return Bytes(s)
		}
		return s
	case tagSingleton:
		return c.indexed(len(singletons), func(i int) Value { return singletons[i] })
	case tagEmpty:
		return emptyTuple
	}
	if tag >= tagSmall {
		return int(tag - tagSmall)
	}
	return c.readNamed(tag)
}

func (c *codec) indexed(n int, at func(int) Value) Value {
	i := c.int(0)
	if i < 0 || i >= n {
		c.fail("there is no object %d", i)
		return nil
	}
	return at(i)
}

func (c *codec) readNamed(tag byte) Value {
	switch tag {
	case tagNative:
		var key string
		c.text(&key)
		if n, ok := c.m.natives[key]; ok {
			return n
		}
		c.fail("there is no built-in %q", key)
	case tagClass:
		var k *Class
		c.classRef(&k)
		return k
	case tagModule:
		var name string
		c.text(&name)
		if mod, ok := c.m.modules[name]; ok {
			return mod
		}
		c.fail("there is no module %q", name)
	case tagMember:
		var k *Class
		if c.classRef(&k); k != nil {
			return c.indexed(len(k.members), func(i int) Value { return k.members[i] })
		}
	case tagBase:
		return c.indexed(len(c.m.base.objects)+1, func(i int) Value { return c.m.base.objects[max(i, 1)-1] })
	case tagAgain:
		return c.indexed(len(c.objects), func(i int) Value { return c.objects[i] })
	default:
		return c.readObject(int(tag) - int(tagObject))
	}
	return nil
}

func (c *codec) readObject(kind int) Value {
	if kind < 0 || kind >= len(kinds) {
		c.fail("there is no kind of object %d", kind)
		return nil
	}
	v := kinds[kind]()
	c.objects = append(c.objects, v)
	c.content(v)
	return v
}
