package python

// Held are the objects that the variables of a module hold, and the attributes and functions of its classes, with all that these hold.
type Held struct {
	since   uint32
	objects []heldObject
	seen    map[any]bool
}

type heldObject struct {
	name  string // of the variable
	stamp *Stamp
}

// Held finds what a module holds now.
func (m *Machine) Held(mod *Module) *Held {
	h := &Held{since: m.Now(), seen: map[any]bool{}}
	for i, name := range mod.names {
		h.value(mod.vals[i], name)
	}
	return h
}

// Changed is the variable of an object that has changed since, if only for a while; empty: none has.
func (h *Held) Changed() string {
	for i := range h.objects {
		if o := &h.objects[i]; o.stamp.time > h.since {
			return o.name
		}
	}
	return ""
}

func (h *Held) value(v Value, name string) {
	switch v.(type) {
	case *List, *Tuple, *Dict, *Set, *Bytearray, *Instance, *Class, *Function, *Method, *Partial:
	default:
		return
	}
	if h.seen[v] {
		return
	}
	h.seen[v] = true
	if stamp := Changes(v); stamp != nil {
		h.objects = append(h.objects, heldObject{name, stamp})
	}
	h.parts(v, name)
}

// parts finds what an object holds.
func (h *Held) parts(v Value, name string) {
	switch v := v.(type) {
	case *List:
		h.all(v.items, name)
	case *Tuple:
		h.all(v.items, name)
	case *Set:
		h.all(v.Items(), name)
	case *Dict:
		h.all(v.Keys(), name)
		h.all(v.Values(), name)
	case *Instance:
		h.all(v.fields, name)
	case *Class:
		if v.code != nil {
			for _, attr := range v.order {
				h.value(v.attrs[attr], name+"."+attr)
			}
		}
	case *Function:
		h.function(v, name)
	case *Method:
		h.value(v.self, name)
		h.value(v.fn, name)
	case *Partial:
		h.value(v.fn, name)
		h.all(v.args, name)
	}
}

// function finds the defaults of a function and the variables of outer functions that it uses.
func (h *Held) function(f *Function, name string) {
	h.all(f.defaults, name)
	for _, c := range f.cells {
		h.objects = append(h.objects, heldObject{name, &c.changed})
		h.value(c.value, name)
	}
}

func (h *Held) all(vs []Value, name string) {
	for _, v := range vs {
		h.value(v, name)
	}
}
