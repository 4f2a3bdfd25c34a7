package component

import (
	"maps"
	"slices"
	"strings"

	"cabi/spec"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// An extern is the names of the imports, or of the exports, of a component, instance or type. They must be strongly unique.
type extern struct {
	what      string
	seen      map[string]string             // the name as it was given, by its canonical form
	resources map[string]*spec.ResourceType // the resource types that have names, by these in lower case
}

func (e *extern) add(l *linker, name string) {
	if reason := checkExternName(name); reason != "" {
		l.fail("%s `%s` is not a valid extern name: %s", e.what, name, reason)
	}
	key := canonicalName(name)
	if first, ok := e.seen[key]; ok {
		l.fail("%s `%s` conflicts with previous name `%s`", e.what, name, first)
	}
	if e.seen == nil {
		e.seen = map[string]string{}
	}
	e.seen[key] = name
}

// canonicalName is the form in which two names conflict.
func canonicalName(name string) string {
	name = strings.ToLower(name)
	if strings.HasPrefix(name, "[constructor]") {
		return name
	}
	prefix, plain, ok := strings.Cut(name, "]")
	if !ok || !strings.HasPrefix(prefix, "[") {
		return name
	}
	if resource, member, ok := strings.Cut(plain, "."); ok && resource == member {
		return resource
	}
	return plain
}

// checkExternName says how name breaks the grammar of externname; empty: it does not.
func checkExternName(name string) string {
	switch {
	case strings.HasPrefix(name, "["):
		return checkAnnotated(name)
	case strings.Contains(name, ":"):
		return checkInterface(name)
	}
	return checkLabel(name)
}

func checkAnnotated(name string) string {
	annotation, rest, ok := strings.Cut(name[1:], "]")
	if !ok {
		return "the annotation has no end"
	}
	switch annotation {
	case "constructor":
		return checkLabel(rest)
	case "method", "static":
		resource, member, ok := strings.Cut(rest, ".")
		if !ok {
			return "failed to find `.` character"
		}
		return firstOf(checkLabel(resource), checkLabel(member))
	}
	return "no annotation is called " + annotation
}

func checkInterface(name string) string {
	namespace, rest, _ := strings.Cut(name, ":")
	pkg, rest, ok := strings.Cut(rest, "/")
	if !ok || strings.Contains(pkg, ":") {
		return "expected `/` after package name"
	}
	projection, version, versioned := strings.Cut(rest, "@")
	if i := strings.IndexAny(projection, "/:"); i >= 0 {
		return "trailing characters found: `" + projection[i:] + "`"
	}
	if reason := firstOf(checkWords(namespace), checkWords(pkg), checkLabel(projection)); reason != "" || !versioned {
		return reason
	}
	return checkVersion(version)
}

// checkWords checks a label in lower case.
func checkWords(label string) string {
	if label != strings.ToLower(label) {
		return "`" + label + "` is not in kebab case"
	}
	return checkLabel(label)
}

// checkLabel checks that label is words in lower or upper case between hyphens, the first of which begins with a letter.
func checkLabel(label string) string {
	for i, part := range strings.Split(label, "-") {
		if part == "" || i == 0 && part[0] >= '0' && part[0] <= '9' || !isWord(part) {
			return "`" + label + "` is not in kebab case"
		}
	}
	return ""
}

// isWord reports whether s is of digits and letters of one case.
func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
			return false
		}
	}
	return s == strings.ToLower(s) || s == strings.ToUpper(s)
}

// checkVersion checks a semantic version, of which the last numbers may be left out.
func checkVersion(version string) string {
	if version == "" {
		return "empty string, expected a semver version"
	}
	core, build, hasBuild := strings.Cut(version, "+")
	core, pre, hasPre := strings.Cut(core, "-")
	numbers := strings.Split(core, ".")
	for _, n := range numbers {
		if reason := checkNumber(n); reason != "" {
			return reason
		}
	}
	if len(numbers) > 3 {
		return "unexpected character '.' after patch version number"
	}
	if hasPre && !isIdentifiers(pre) || hasBuild && !isIdentifiers(build) {
		return "empty identifier segment"
	}
	return ""
}

func checkNumber(n string) string {
	if n == "" {
		return "unexpected end of input"
	}
	for i := range len(n) {
		if n[i] < '0' || n[i] > '9' {
			return "unexpected character '" + n[i:i+1] + "'"
		}
	}
	if len(n) > 1 && n[0] == '0' {
		return "invalid leading zero in a version number"
	}
	return ""
}

func isIdentifiers(s string) bool {
	for _, part := range strings.Split(s, ".") {
		if part == "" || strings.Trim(part, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
			return false
		}
	}
	return true
}

func firstOf(reasons ...string) string {
	for _, r := range reasons {
		if r != "" {
			return r
		}
	}
	return ""
}

// define notes what has a name, and checks that a function whose name is annotated belongs to the resource type of that name.
func (e *extern) define(l *linker, name string, item any) {
	if rt, ok := item.(*spec.ResourceType); ok {
		if e.resources == nil {
			e.resources = map[string]*spec.ResourceType{}
		}
		e.resources[strings.ToLower(name)] = rt
		l.run.nameResource(rt, name, e.what == "export name")
	}
	f, ok := item.(*Func)
	if ok && (f.Name == "" || e.what == "export name") {
		f.Name = name
	}
	if !strings.HasPrefix(name, "[") {
		return
	}
	if !ok {
		l.fail("%s `%s` is not a func", e.what, name)
	}
	annotation, rest, _ := strings.Cut(name[1:], "]")
	resource, _, _ := strings.Cut(rest, ".")
	switch annotation {
	case "constructor":
		e.belongs(l, constructed(l, f), resource)
	case "method":
		e.belongs(l, self(l, f), resource)
	default:
		if e.resources[strings.ToLower(resource)] == nil {
			l.fail("static resource name is not known in this context: `%s`", resource)
		}
	}
}

// nameResource names a guest's resource type, for people, after the export that has it, or before that, the import.
func (r *Run) nameResource(rt *spec.ResourceType, name string, exported bool) {
	if as, ok := r.named[rt]; ok && (exported || as == "") {
		rt.Name, r.named[rt] = name, name
	}
}

// constructed is the resource type that a constructor makes.
func constructed(l *linker, f *Func) *spec.ResourceType {
	if len(f.Type.Result) != 1 {
		l.fail("function should return one value")
	}
	t := f.Type.Result[0]
	if r, ok := t.(*spec.ResultType); ok {
		t = r.Ok
	}
	own, ok := t.(*spec.OwnType)
	if !ok {
		l.fail("function should return `(own $T)` or `(result (own $T))`")
	}
	return own.Rt
}

// self is the resource type that a method is of.
func self(l *linker, f *Func) *spec.ResourceType {
	switch {
	case len(f.Params) == 0:
		l.fail("function should have at least one argument")
	case f.Params[0] != "self":
		l.fail("function should have a first argument called `self`")
	}
	borrow, ok := f.Type.Params[0].(*spec.BorrowType)
	if !ok {
		l.fail("function should take a first argument of `(borrow $T)`")
	}
	return borrow.Rt
}

// belongs checks that rt has the name of the resource that a function is annotated with.
func (e *extern) belongs(l *linker, rt *spec.ResourceType, resource string) {
	if e.resources[strings.ToLower(resource)] == rt {
		return
	}
	for _, name := range sortedKeys(e.resources) {
		if e.resources[name] == rt {
			l.fail("function does not match expected resource name `%s`", name)
		}
	}
	l.fail("resource used in function does not have a name in this context")
}
