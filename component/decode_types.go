package component

func (r *reader) valType() valType {
	at := r.i
	t := r.s33()
	if t < 0 && !isPrimitive(t) {
		r.failAt(at, "%#02x is no primitive value type", byte(t&0x7f))
	}
	return valType(t)
}

// isPrimitive: 0x73, string, to 0x7f, bool, and 0x64, error-context, as signed numbers.
func isPrimitive(t int64) bool { return t >= -0x0d && t <= -1 || t == codeErrorContext }

const codeErrorContext = 0x64 - 0x80

func (r *reader) labelled() labelled {
	label := r.name()
	t := r.valType()
	return labelled{label, &t}
}

func (r *reader) variantCase() labelled {
	label := r.name()
	t := optional(r, r.valType)
	r.expect(0, "the end of a case")
	return labelled{label, t}
}

func (r *reader) resultList() *valType {
	switch c := r.byte(); c {
	case 0:
		t := r.valType()
		return &t
	case 1:
		r.expect(0, "the length of an empty result list")
		return nil
	default:
		r.failAt(r.i-1, "a result list begins with 0 or 1, not %#02x", c)
		return nil
	}
}

func (r *reader) typeDef() definition {
	p := r.place()
	return &typeDef{p, r.defType()}
}

func (r *reader) defType() defType {
	at := r.i
	switch c := r.byte(); c {
	case 0x3f:
		rep := r.coreVal()
		return &resourceDef{rep, optional(r, r.u32)}
	case 0x40, 0x43:
		params := vec(r, r.labelled)
		return &funcDef{params, r.resultList(), c == 0x43}
	case 0x41:
		return &componentTypeDef{r.decls(r.componentDecl)}
	case 0x42:
		return &instanceTypeDef{r.decls(r.instanceDecl)}
	case 0x63, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72:
		return r.compound(c, at)
	default:
		r.i = at
		t := r.s33()
		if !isPrimitive(t) {
			r.failAt(at, "no type has the opcode %#02x", c)
		}
		return &primitive{valType(t)}
	}
}

func (r *reader) compound(c byte, at int) defType {
	switch c {
	case 0x72:
		return &recordDef{notEmpty(r, at, "record", vec(r, r.labelled))}
	case 0x71:
		return &variantDef{notEmpty(r, at, "variant", vec(r, r.variantCase))}
	case 0x70:
		return &listDef{r.valType(), nil}
	case 0x67:
		t, n := r.valType(), uint64(r.u32())
		if n == 0 {
			r.failAt(at, "a list of fixed length has at least one element")
		}
		return &listDef{t, &n}
	case 0x6f:
		return &tupleDef{notEmpty(r, at, "tuple", vec(r, r.valType))}
	case 0x6e:
		labels := notEmpty(r, at, "flags type", vec(r, r.name))
		if len(labels) > 32 {
			r.failAt(at, "a flags type has at most 32 labels, not %d", len(labels))
		}
		return &flagsDef{labels}
	case 0x6d:
		return &enumDef{notEmpty(r, at, "enum", vec(r, r.name))}
	case 0x6b:
		return &optionDef{r.valType()}
	case 0x6a:
		ok := optional(r, r.valType)
		return &resultDef{ok, optional(r, r.valType)}
	case 0x69:
		return &ownDef{r.u32()}
	case 0x68:
		return &borrowDef{r.u32()}
	case 0x66:
		return &streamDef{optional(r, r.valType)}
	case 0x65:
		return &futureDef{optional(r, r.valType)}
	default: // 0x63
		k := r.valType()
		return &mapDef{k, r.valType()}
	}
}

func notEmpty[T any](r *reader, at int, what string, list []T) []T {
	if len(list) == 0 {
		r.failAt(at, "a %s has at least one label", what)
	}
	return list
}

// decls reads the declarations of a component type or instance type.
func (r *reader) decls(decl func() definition) (decls []definition) {
	r.nested(func() { decls = vec(r, decl) })
	return decls
}

func (r *reader) componentDecl() definition {
	if r.peek() == 3 {
		r.byte()
		return r.importDef()
	}
	return r.instanceDecl()
}

func (r *reader) instanceDecl() definition {
	switch c := r.byte(); c {
	case 0:
		return r.coreTypeDef()
	case 1:
		return r.typeDef()
	case 2:
		return r.alias()
	case 4:
		p := r.place()
		name := r.externName()
		return &exportDecl{p, name, r.externType()}
	default:
		r.failAt(r.i-1, "no declaration has the opcode %#02x", c)
		return nil
	}
}

func (r *reader) importDef() definition {
	p := r.place()
	name := r.externName()
	return &importDef{p, name, r.externType()}
}

// externName reads nameattributes. The attributes play no part in linking.
func (r *reader) externName() string {
	at := r.i
	c := r.byte()
	if c > 2 {
		r.failAt(at, "the name of an import or export begins with 0, 1 or 2, not %#02x", c)
	}
	name := r.name()
	if c == 2 {
		vec(r, func() string {
			if kind := r.byte(); kind > 2 {
				r.failAt(r.i-1, "no attribute of a name has the opcode %#02x", kind)
			}
			return r.name()
		})
	}
	return name
}

func (r *reader) externType() externType {
	switch c := r.byte(); c {
	case 0:
		r.expect(0x11, "the core sort of an import or export")
		return externType{sort: sortCoreModule, index: r.u32()}
	case 1, 4, 5:
		return externType{sort: sort(c), index: r.u32()}
	case 2:
		return r.valueType()
	case 3:
		return r.typeBound()
	default:
		r.failAt(r.i-1, "no type of an import or export has the opcode %#02x", c)
		return externType{}
	}
}

func (r *reader) valueType() externType {
	if r.flag("the bound of a value") {
		r.valType()
		return externType{sort: sortValue}
	}
	return externType{sort: sortValue, index: r.u32()}
}

func (r *reader) typeBound() externType {
	if r.flag("the bound of a type") {
		return externType{sort: sortType, sub: true}
	}
	return externType{sort: sortType, index: r.u32()}
}
