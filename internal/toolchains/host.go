package toolchains

import (
	"errors"
	"fmt"
	"strings"

	"cabi/component"
	"cabi/spec"
)

// A Host is what the programs import, the same under the specification and under Wasmtime. It notes what is done to it.
type Host struct {
	Log       []string
	functions map[string]any
	entries   []any
	names     []string // of files; the number of one is its place, from 1 on
	addresses []string // of sockets, likewise
	locks     uint32
}

// NewHost makes the host of one session.
func NewHost() *Host {
	h := &Host{}
	h.functions = map[string]any{
		"local:host/calls#ask":   h.ask,
		"local:host/calls#twice": func(x int64) int64 { return 2 * x },
		"local:host/calls#store": h.store,
		"local:host/calls#all":   func() []any { return h.entries },

		"local:files/host#[constructor]file": h.newFile,
		"local:files/host#[method]file.name": func(f uint32) string { return h.names[f-1] },
		"local:files/host#[method]file.read": h.readFile,
		"local:files/host#[constructor]lock": h.newLock,
		"local:files/host#[method]lock.held": func(l uint32) uint32 { return 100 * l },
		"local:files/host#find":              h.find,
		"local:files/host#close":             func(f uint32) string { return "closed " + h.names[f-1] },
		"local:files/host#same":              func(f, l uint32) string { return fmt.Sprint(h.names[f-1], "/", l) },
		"local:files/host#both":              func() []any { return []any{h.newFile("both"), h.newLock()} },

		"local:wrappers/host#[constructor]socket":    h.newSocket,
		"local:wrappers/host#[method]socket.send":    func(_ uint32, s string) uint32 { return uint32(len(s)) },
		"local:wrappers/host#[method]socket.address": func(s uint32) string { return h.addresses[s-1] },

		"arcjet:redact/custom-redact#detect-sensitive-info":     identify,
		"arcjet:redact/custom-redact#redact-sensitive-info":     redacted,
		"arcjet:js-req/sensitive-information-identifier#detect": identify,
		"arcjet:js-req/bot-identifier#detect":                   bots,
		"arcjet:js-req/verify-bot#verify":                       verified,
		"arcjet:js-req/filter-overrides#ip-lookup":              lookUp,
	}
	for _, question := range []string{"is-free-email", "is-disposable-email", "has-mx-records", "has-gravatar"} {
		h.functions["arcjet:js-req/email-validator-overrides#"+question] = answer
	}
	return h
}

// Func is the function that is imported under that name; nil: the host has none. Calls are noted.
func (h *Host) Func(i component.Import) (component.HostFunc, error) {
	f := h.functions[i.Name]
	if f == nil {
		return nil, nil
	}
	given, err := component.GoFunc(i.Type, f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.Name, err)
	}
	return func(args []spec.Value) ([]spec.Value, error) {
		texts := make([]string, len(args))
		for n, a := range args {
			texts[n] = component.FormatValue(i.Type.Params[n], a)
		}
		h.Log = append(h.Log, i.Name+"("+strings.Join(texts, ", ")+")")
		return given(args)
	}, nil
}

// HasResource reports whether a resource type is the host's.
func (h *Host) HasResource(name string) bool { return strings.HasPrefix(name, "local:") }

// Dropped notes that the last handle of a resource was dropped.
func (h *Host) Dropped(resource string, rep uint32) {
	h.Log = append(h.Log, fmt.Sprintf("drop %s #%d", resource, rep))
}

func (h *Host) ask(question string) (component.Case, error) {
	switch question {
	case "none":
		return component.Case{Label: "none"}, nil
	case "number":
		return component.Case{Label: "number", Payload: 42.5}, nil
	case "text":
		return component.Case{Label: "text", Payload: "you asked, \u00e9\U0001F600"}, nil
	case "entries":
		return component.Case{Label: "entries", Payload: h.entries}, nil
	}
	return component.Case{}, errors.New("the host has no answer")
}

func (h *Host) store(entry map[string]any) component.Case {
	if entry["key"] == "" {
		return component.Case{Label: "error", Payload: "the key is empty"}
	}
	h.entries = append(h.entries, entry)
	return component.Case{Label: "ok", Payload: uint32(len(h.entries))}
}

func (h *Host) newFile(name string) uint32 {
	h.names = append(h.names, name)
	return uint32(len(h.names))
}

func (h *Host) readFile(f uint32) any {
	if strings.HasPrefix(h.names[f-1], "empty") {
		return nil
	}
	return "the text of " + h.names[f-1]
}

func (h *Host) newLock() uint32 {
	h.locks++
	return h.locks
}

func (h *Host) find(name string) component.Case {
	if strings.HasPrefix(name, "no") {
		return component.Case{Label: "error", Payload: "no file " + name}
	}
	return component.Case{Label: "ok", Payload: h.newFile(name)}
}

func (h *Host) newSocket(address string) uint32 {
	h.addresses = append(h.addresses, address)
	return uint32(len(h.addresses))
}

// identify finds words in capitals.
func identify(tokens []string) []any {
	found := make([]any, len(tokens))
	for i, t := range tokens {
		if len(t) > 1 && t == strings.ToUpper(t) && t != strings.ToLower(t) {
			found[i] = component.Case{Label: "some", Payload: component.Case{Label: "custom", Payload: "CAPITALS"}}
		}
	}
	return found
}

// redacted replaces what identify found.
func redacted(kind component.Case, text string) any {
	if kind.Label == "custom" {
		return fmt.Sprintf("<%d letters>", len(text))
	}
	return nil
}

func bots(request string) []string {
	if strings.Contains(request, "crawler") {
		return []string{"OWN_CRAWLER"}
	}
	return nil
}

func verified(bot, _ string) string {
	if strings.HasPrefix(bot, "GOOGLE") {
		return "verified"
	}
	return "unverifiable"
}

func lookUp(ip string) any {
	if strings.HasPrefix(ip, "127.") {
		return nil
	}
	return `{"country":"NZ"}`
}

// answer is yes for what ends in .com, unknown for what ends in .org, and no for the rest.
func answer(domain string) string {
	switch {
	case strings.HasSuffix(domain, ".com"):
		return "yes"
	case strings.HasSuffix(domain, ".org"):
		return "unknown"
	}
	return "no"
}
