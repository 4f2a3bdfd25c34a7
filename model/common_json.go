package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// decodeObject reads one JSON object into what v points to. It is stricter than encoding/json, which keeps the last of two values of a
// key, takes keys in any case, and null for everything.
func decodeObject(text []byte, v any) error {
	if !utf8.Valid(text) {
		return errors.New("it is no UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := checkValue(d, reflect.TypeOf(v).Elem(), "", 0); err != nil {
		return jsonError(err, d.InputOffset())
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the JSON object")
	}
	return numberError(json.Unmarshal(text, v))
}

// mostNested is how deep lists and objects may stand in each other.
const mostNested = 32

var rawType = reflect.TypeFor[json.RawMessage]()

// checkValue reads the next value, which is to be of a Go type and stands under a key. Of the type nil it may be anything.
func checkValue(d *json.Decoder, t reflect.Type, key string, depth int) error {
	if t == rawType {
		t = nil
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := d.Token()
	switch {
	case err != nil:
		return err
	case depth > mostNested:
		return fmt.Errorf("it is nested deeper than %d", mostNested)
	case t != nil && !isOf(token, t):
		return fmt.Errorf("%s is to be %s", keyWords(key), kindWords[t.Kind()])
	case token == json.Delim('{'):
		return checkKeys(d, t, depth)
	case token == json.Delim('['):
		return checkItems(d, t, key, depth)
	}
	return nil
}

// kindWords say what JSON a Go type is written as.
var kindWords = map[reflect.Kind]string{
	reflect.Struct: "an object", reflect.Map: "an object", reflect.Slice: "a list", reflect.String: "a text in quotes", reflect.Bool: "true or false",
	reflect.Int: "a number", reflect.Int64: "a number", reflect.Uint64: "a number", reflect.Uint32: "a number",
}

func keyWords(key string) string {
	if key == "" {
		return "the line"
	}
	return fmt.Sprintf("%q", shorten(key))
}

// isOf reports whether a value that begins with a token is of a type.
func isOf(token json.Token, t reflect.Type) bool {
	switch token := token.(type) {
	case json.Delim:
		return token == '{' && kindWords[t.Kind()] == "an object" || token == '[' && t.Kind() == reflect.Slice
	case string:
		return t.Kind() == reflect.String
	case bool:
		return t.Kind() == reflect.Bool
	case json.Number:
		return kindWords[t.Kind()] == "a number"
	default: // null
		return t.Kind() == reflect.Slice
	}
}

// checkKeys reads the rest of an object, in which no key may stand twice, or be one that the type does not have.
func checkKeys(d *json.Decoder, t reflect.Type, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if seen[key] {
			return fmt.Errorf("%q stands there twice", shorten(key))
		}
		seen[key] = true
		value, err := typeUnder(t, key)
		if err != nil {
			return err
		}
		if err := checkValue(d, value, key, depth+1); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// typeUnder is the type of the value under a key of an object that is to be of a type.
func typeUnder(t reflect.Type, key string) (reflect.Type, error) {
	switch {
	case t == nil:
		return nil, nil
	case t.Kind() == reflect.Map:
		return t.Elem(), nil
	}
	fields := fieldsOf(t)
	if value := fields[key]; value != nil {
		return value, nil
	}
	return nil, unknownName("key", key, sortedKeys(fields))
}

// fieldsOf are the types of a struct's fields, by their keys.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if key, _, _ := strings.Cut(f.Tag.Get("json"), ","); key != "" {
			fields[key] = f.Type
		}
	}
	return fields
}

// checkItems reads the rest of a list.
func checkItems(d *json.Decoder, t reflect.Type, key string, depth int) error {
	if t != nil {
		t = t.Elem()
	}
	for d.More() {
		if err := checkValue(d, t, "each of "+key, depth+1); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// jsonError explains an error of JSON that is none, in plain words.
func jsonError(err error, offset int64) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends within an object")
	case errors.As(err, &syntax):
		return fmt.Errorf("it is no JSON from its byte %d on", max(offset, syntax.Offset))
	}
	return err
}

// numberError explains why a value that is of the right kind cannot be read: then it is a number that is too large, or has a fraction.
func numberError(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		keys := strings.Split(wrong.Field, ".")
		return fmt.Errorf("%q: %s is too large or too small, or no whole number", keys[len(keys)-1], strings.TrimPrefix(wrong.Value, "number "))
	}
	return err
}
