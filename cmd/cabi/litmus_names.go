package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/internal/nearest"
	"cabi/internal/port"
	"cabi/model"
	"cabi/spec"
)

// knownNames are the names that traces and litmus files may use: those of the port, and if they are run on a definitions.py, its own too.
type knownNames struct {
	source *model.Source // nil: the port runs
}

// sites are the sites that are known.
func (k knownNames) sites() kind {
	if k.source == nil {
		return kindSite
	}
	all := append(kindSite.names(), k.source.SiteNames()...)
	slices.Sort(all)
	all = slices.Compact(all)
	return kind{kindSite.name, kindSite.plural, func() []string { return all }, kindSite.list}
}

// litmusNames returns an error if a litmus names a site, a property or a word for a value that does not exist, or takes a trap for an
// assert. It says which names are near.
func (k knownNames) litmusNames(l *model.Litmus) error {
	for _, s := range l.Without {
		if err := k.site(string(s)); err != nil {
			return fmt.Errorf("line %d: %w", l.HeaderAt, err)
		}
	}
	for _, claim := range l.Claims {
		for _, term := range claim.Terms {
			err := k.term(l, term)
			if _, site := term.Stop(); err == nil && slices.Contains(l.Without, spec.Site(site)) {
				err = fmt.Errorf("the header switches %s off, so that no way stops there: the claim says nothing", site)
			}
			if err != nil {
				return fmt.Errorf("line %d: %w", claim.Number, err)
			}
		}
	}
	return nil
}

// site returns an error unless a site exists.
func (k knownNames) site(name string) error {
	kind, err := k.siteKind(name)
	if err == nil && kind == "" {
		err = unknownNear(k.sites(), name)
	}
	return err
}

// claimedQuestions are the questions that a litmus claims something about, which are not checked otherwise.
func claimedQuestions(l *model.Litmus) []*model.Property {
	var questions []*model.Property
	for _, claim := range l.Claims {
		for _, term := range claim.Terms {
			if p := propertyByName(term.Property()); p != nil && p.Question && !slices.Contains(questions, p) {
				questions = append(questions, p)
			}
		}
	}
	return questions
}

// term returns an error if a term of a claim names what does not exist.
func (k knownNames) term(l *model.Litmus, t model.Term) error {
	kind, site := t.Stop()
	switch {
	case l.UnknownWord(t) != "":
		return unknownValue(t.Value)
	case t.Property() != "" && propertyByName(t.Property()) == nil:
		return unknownNear(kindProperty, t.Property())
	case site == "":
		return nil
	case kind == "crash":
		return k.crash(site)
	case kind == "exception":
		return errExceptionSite
	}
	return k.stopSite(kind, site)
}

var errExceptionSite = errors.New("an exception has no site: write exception alone")

// unknownNear is the error for a name that is none of its kind. It says which one is nearest, however far that is.
func unknownNear(k kind, name string) error {
	text := unknown(k, name).Error()
	if len(name) <= nearest.Longest && len(nearest.Names(name, k.names())) == 0 {
		text += "; the nearest is " + slices.MinFunc(k.names(), func(a, b string) int { return nearest.Distance(name, a) - nearest.Distance(name, b) })
	}
	return exitError{2, text}
}

// unknownValue is the error for a word that stands for no value.
func unknownValue(word string) error {
	known := model.ClaimWords()
	name, _, _ := strings.Cut(word, ":")
	hint := "there are: " + strings.Join(known, ", ")
	if near := nearest.Names(name+":N", known); len(near) > 0 {
		hint = nearest.Ask(near)
	} else if near := nearest.Names(name, known); len(near) > 0 {
		hint = nearest.Ask(near)
	}
	return fmt.Errorf("%q is no value: it is a number, a name, or a word; %s", word, hint)
}

// stopSite returns an error unless a site exists and stops as the claim says.
func (k knownNames) stopSite(stop, site string) error {
	kind, err := k.siteKind(site)
	switch {
	case err != nil:
		return err
	case kind == "":
		return unknownNear(k.sites(), site)
	case stop == "trap" && kind != port.KindTrap:
		return fmt.Errorf("%s is an assert and no trap: write assertion-failure %s", site, site)
	case stop != "trap" && kind == port.KindTrap:
		return fmt.Errorf("%s is a trap and no assert: write trap %s", site, site)
	}
	return nil
}

// siteKind is the kind of a site; empty: there is no such site.
func (k knownNames) siteKind(name string) (string, error) {
	report, err := pinReport()
	if err != nil {
		return "", err
	}
	for _, s := range report.Sites {
		if s.Name == name {
			return string(s.Kind), nil
		}
	}
	if k.source != nil {
		kind, _ := k.source.HasSite(spec.Site(name))
		return kind, nil
	}
	return "", nil
}

// pythonExceptions are those of Python that can stop definitions.py.
var pythonExceptions = []string{"AttributeError", "IndexError", "KeyError", "NameError", "OverflowError", "TypeError", "UnboundLocalError",
	"UnicodeDecodeError", "UnicodeEncodeError", "ValueError"}

// crash returns an error unless a crash is of a function of definitions.py, with an exception that can stop it.
func (k knownNames) crash(name string) error {
	at := strings.LastIndex(name, "/")
	report, err := pinReport()
	switch {
	case err != nil:
		return err
	case at < 0:
		return errors.New("a crash is crash FUNCTION/EXCEPTION, such as crash canon_error_context_new/NameError")
	case k.source != nil && k.source.HasFunction(name[:at]): // what it may raise is its own
		return nil
	case ported(report, name[:at]) == nil:
		functions := names(report.Ported, func(p port.Ported) string { return p.Definition.Name })
		return unknown(kind{"function of definitions.py", "functions", func() []string { return functions }, "cabi port"}, name[:at])
	case !slices.Contains(pythonExceptions, name[at+1:]):
		return unknown(kind{"exception", "exceptions", func() []string { return pythonExceptions }, ""}, name[at+1:])
	}
	return nil
}
