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

// checkLitmusNames returns an error if a litmus names a site, a property or a word for a value that does not exist, or takes a trap for an
// assert. It says which names are near.
func checkLitmusNames(l *model.Litmus) error {
	for _, s := range l.Without {
		if err := checkSite(string(s)); err != nil {
			return fmt.Errorf("line %d: %w", l.HeaderAt, err)
		}
	}
	for _, claim := range l.Claims {
		for _, term := range claim.Terms {
			err := checkTerm(l, term)
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

// checkSite returns an error unless a site exists.
func checkSite(name string) error {
	kind, err := siteKind(name)
	if err == nil && kind == "" {
		err = unknownNear(kindSite, name)
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

// checkTerm returns an error if a term of a claim names what does not exist.
func checkTerm(l *model.Litmus, t model.Term) error {
	kind, site := t.Stop()
	switch {
	case l.UnknownWord(t) != "":
		return unknownValue(t.Value)
	case t.Property() != "" && propertyByName(t.Property()) == nil:
		return unknownNear(kindProperty, t.Property())
	case site == "":
		return nil
	case kind == "crash":
		return checkCrash(site)
	case kind == "exception":
		return errExceptionSite
	}
	return checkStopSite(kind, site)
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

// checkStopSite returns an error unless a site exists and stops as the claim says.
func checkStopSite(stop, site string) error {
	kind, err := siteKind(site)
	switch {
	case err != nil:
		return err
	case kind == "":
		return unknownNear(kindSite, site)
	case stop == "trap" && kind != port.KindTrap:
		return fmt.Errorf("%s is an assert and no trap: write assertion-failure %s", site, site)
	case stop != "trap" && kind == port.KindTrap:
		return fmt.Errorf("%s is a trap and no assert: write trap %s", site, site)
	}
	return nil
}

// siteKind is the kind of a site; empty: there is no such site.
func siteKind(name string) (string, error) {
	report, err := pinReport()
	if err != nil {
		return "", err
	}
	for _, s := range report.Sites {
		if s.Name == name {
			return string(s.Kind), nil
		}
	}
	return "", nil
}

// pythonExceptions are those of Python that can stop definitions.py.
var pythonExceptions = []string{"AttributeError", "IndexError", "KeyError", "NameError", "OverflowError", "TypeError", "UnboundLocalError",
	"UnicodeDecodeError", "UnicodeEncodeError", "ValueError"}

// checkCrash returns an error unless a crash is of a function of definitions.py, with an exception that can stop it.
func checkCrash(name string) error {
	at := strings.LastIndex(name, "/")
	report, err := pinReport()
	switch {
	case err != nil:
		return err
	case at < 0:
		return errors.New("a crash is crash FUNCTION/EXCEPTION, such as crash canon_error_context_new/NameError")
	case ported(report, name[:at]) == nil:
		functions := names(report.Ported, func(p port.Ported) string { return p.Definition.Name })
		return unknown(kind{"function of definitions.py", "functions", func() []string { return functions }, "cabi port"}, name[:at])
	case !slices.Contains(pythonExceptions, name[at+1:]):
		return unknown(kind{"exception", "exceptions", func() []string { return pythonExceptions }, ""}, name[at+1:])
	}
	return nil
}
