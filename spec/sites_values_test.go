package spec

import "testing"

// lifting lifts a value of type t from core values, with a memory that holds contents.
func lifting(t ValType, encoding StringEncoding, contents []byte, core ...uint64) func(*scene) error {
	return host(func(g *scene) {
		opts := &mkOpts(optsWith{memory: heapOf(contents...).mem(I32), encoding: encoding}).LiftLowerOptions
		liftFlat(newLiftLowerContext(opts, g.a, nil), newCoreValueIter(g.s, ints(core...)), t)
	})
}

// TestTrapOnLifting is the traps on core values and on the contents of memory.
func TestTrapOnLifting(t *testing.T) {
	two := &EnumType{Labels: []string{"a", "b"}}
	runScenarios(t, []scenario{
		{site: "lift_flat_variant/case", run: lifting(two, UTF8, nil, 2)},
		{site: "load_variant/case", run: lifting(listOf(two), UTF8, []byte{1, 2}, 0, 2)},
		{site: "convert_i32_to_char/range", run: lifting(CharType{}, UTF8, nil, 0x110000)},
		{site: "convert_i32_to_char/surrogate", run: lifting(CharType{}, UTF8, nil, 0xD800)},
		{site: "convert_i32_to_char/surrogate", run: lifting(CharType{}, UTF8, nil, 0xDFFF)},
		{site: "load_list_from_range/length", run: lifting(listOf(U16Type{}), UTF8, nil, 0, 1<<27)},
		{site: "load_list_from_range/aligned", run: lifting(listOf(U16Type{}), UTF8, make([]byte, 4), 1, 1)},
		{site: "load_list_from_range/bounds", run: lifting(listOf(U16Type{}), UTF8, make([]byte, 4), 2, 2)},
		{site: "load_string_from_range/length", run: lifting(StringType{}, UTF8, nil, 0, 1<<28)},
		{site: "load_string_from_range/length", run: lifting(StringType{}, UTF16, nil, 0, 1<<27)},
		{site: "load_string_from_range/length", run: lifting(StringType{}, Latin1UTF16, nil, 0, 1<<31|1<<27)},
		{site: "load_string_from_range/aligned", run: lifting(StringType{}, UTF16, make([]byte, 4), 1, 1)},
		{site: "load_string_from_range/aligned", run: lifting(StringType{}, Latin1UTF16, make([]byte, 4), 1, 1)},
		{site: "load_string_from_range/bounds", run: lifting(StringType{}, UTF8, make([]byte, 4), 2, 3)},
		{site: "load_string_from_range/encoding", run: lifting(StringType{}, UTF8, []byte{0xFF}, 0, 1)},
		{site: "load_string_from_range/encoding", run: lifting(StringType{}, UTF16, []byte{0x00, 0xD8}, 0, 1)},
	}, newTrap)
}

// TestTrapOnValuesInMemory is the traps on the pointers to arguments and results that do not fit into core values.
func TestTrapOnValuesInMemory(t *testing.T) {
	runScenarios(t, []scenario{
		{site: "lift_flat_values/aligned", run: taking(1)},
		{site: "lift_flat_values/bounds", run: taking(256 - 32)},
		{site: "lower_flat_values/aligned", run: giving(1)},
		{site: "lower_flat_values/bounds", run: giving(256 - 2)},
	}, newTrap)
}

// taking takes 17 u16s from a pointer into a memory of 256 bytes, and giving gives two to one.
func taking(ptr uint64) func(*scene) error {
	seventeen := params(repeated[ValType](U16Type{}, 17)...)
	return guest(func(g *scene) {
		g.lower(HostFunc(taker), seventeen, g.sync, ptr)
		CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil)
	})
}

func giving(ptr uint64) func(*scene) error {
	return guest(func(g *scene) {
		g.lower(giver(mk(1), mk(2)), results(U16Type{}, U16Type{}), g.sync, ptr)
		CanonTaskReturn(g.s, nil, &g.async.LiftOptions, nil)
	})
}

// A range that ends exactly where the memory ends is within its bounds.
func TestFits(t *testing.T) {
	for name, run := range map[string]func(*scene) error{
		"lift_flat_values":       taking(256 - 34),
		"lower_flat_values":      giving(256 - 4),
		"load_list_from_range":   lifting(listOf(U16Type{}), UTF8, make([]byte, 4), 2, 1),
		"load_string_from_range": lifting(StringType{}, UTF8, make([]byte, 4), 2, 2),
		"store_list_into_range":  lowering(mkList(1), listOf(U16Type{}), UTF8, end16-2),
		"store_string_copy":      lowering(mkStr("ab"), StringType{}, UTF8, end16-2),
		"store_string_to_utf8":   lowering(String{"é", UTF16, 1}, StringType{}, UTF8, end16-1, end16-3, end16-2),
		"store_utf8_to_utf16":    lowering(mkStr("é"), StringType{}, UTF16, end16-4, end16-2),
		"store_string_to_latin1": lowering(mkStr("é"), StringType{}, Latin1UTF16, end16-2, end16-2),
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(newScene(t, newTestStoreWith(t, Options{Deterministic: true}))); err != nil {
				t.Error(err)
			}
		})
	}
}

// lowering lowers v to a memory of 16 bytes, where realloc returns ptrs, each once.
func lowering(v Value, t ValType, encoding StringEncoding, ptrs ...uint64) func(*scene) error {
	return host(func(g *scene) {
		realloc := func([]CoreValue) []CoreValue {
			ptr := ptrs[0]
			ptrs = ptrs[1:]
			return ints(ptr)
		}
		opts := &mkOpts(optsWith{memory: NewMemInst(16), encoding: encoding, realloc: realloc}).LiftLowerOptions
		lowerFlat(newLiftLowerContext(opts, g.a, nil), v, t)
		if len(ptrs) > 0 {
			g.t.Fatalf("realloc was not called %d times more", len(ptrs))
		}
	})
}

// The pointers that realloc should not return for the 16 bytes of lowering.
const (
	odd   = 3
	end16 = 16
)

// TestTrapOnRealloc has realloc return a pointer that is not aligned, or one that is too near to the end of the memory,
// at each of the calls that storing a string or list makes.
func TestTrapOnRealloc(t *testing.T) {
	runScenarios(t, append(reallocsOfCopies(), reallocsOfTranscoding()...), newTrap)
}

func reallocsOfCopies() []scenario {
	u16s := listOf(U16Type{})
	utf16 := String{"a", UTF16, 1}
	return []scenario{
		{site: "store_list_into_range/aligned", run: lowering(mkList(1), u16s, UTF8, odd)},
		{site: "store_list_into_range/bounds", run: lowering(mkList(1), u16s, UTF8, end16)},
		{site: "store_string_copy/aligned", run: lowering(utf16, StringType{}, UTF16, odd)},
		{site: "store_string_copy/bounds", run: lowering(utf16, StringType{}, UTF16, end16)},
		{site: "store_string_copy/bounds", run: lowering(mkStr("ab"), StringType{}, UTF8, end16-1)},
	}
}

func reallocsOfTranscoding() []scenario {
	utf16 := String{"é", UTF16, 1}
	tagged := String{"é", Latin1UTF16, 1 | utf16Tag(I32)}
	utf8, beyond := mkStr("é"), mkStr("āb") // two bytes, and three that take two UTF-16 code units
	to := func(site Site, v String, encoding StringEncoding, ptrs ...uint64) scenario {
		return scenario{site: site, run: lowering(v, StringType{}, encoding, ptrs...)}
	}
	const tryLatin1, probably = "store_string_to_latin1_or_utf16/", "store_probably_utf16_to_latin1_or_utf16/"
	return []scenario{
		to("store_string_to_utf8/bounds", utf16, UTF8, end16),
		to("store_string_to_utf8/worst-case-bounds", utf16, UTF8, 0, end16-2),
		to("store_string_to_utf8/shrunk-bounds", utf16, UTF8, 0, 0, end16-1),
		to("store_utf8_to_utf16/aligned", utf8, UTF16, odd),
		to("store_utf8_to_utf16/bounds", utf8, UTF16, end16-2),
		to("store_utf8_to_utf16/shrunk-aligned", utf8, UTF16, 0, odd),
		to("store_utf8_to_utf16/shrunk-bounds", utf8, UTF16, 0, end16),
		to(tryLatin1+"aligned", utf8, Latin1UTF16, odd),
		to(tryLatin1+"bounds", utf8, Latin1UTF16, end16),
		to(tryLatin1+"latin1-aligned", utf8, Latin1UTF16, 0, odd),
		to(tryLatin1+"latin1-bounds", utf8, Latin1UTF16, 0, end16),
		to(tryLatin1+"worst-case-aligned", beyond, Latin1UTF16, 0, odd),
		to(tryLatin1+"worst-case-bounds", beyond, Latin1UTF16, 0, end16-4),
		to(tryLatin1+"utf16-aligned", beyond, Latin1UTF16, 0, 0, odd),
		to(tryLatin1+"utf16-bounds", beyond, Latin1UTF16, 0, 0, end16-2),
		to(probably+"aligned", tagged, Latin1UTF16, odd),
		to(probably+"bounds", tagged, Latin1UTF16, end16),
		to(probably+"latin1-bounds", tagged, Latin1UTF16, 0, end16),
	}
}

// TestNoTrapOnRealloc has realloc return the last pointers that it may.
func TestNoTrapOnRealloc(t *testing.T) {
	tagged := String{"é", Latin1UTF16, 1 | utf16Tag(I32)}
	for _, run := range []func(*scene) error{
		lowering(mkList(1), listOf(U16Type{}), UTF8, end16-2),
		lowering(String{"a", UTF16, 1}, StringType{}, UTF16, end16-2),
		lowering(mkStr("ab"), StringType{}, UTF8, end16-2),
		lowering(String{"é", UTF16, 1}, StringType{}, UTF8, end16-1, end16-3, end16-2),
		lowering(mkStr("é"), StringType{}, UTF16, end16-4, end16-2),
		lowering(mkStr("é"), StringType{}, Latin1UTF16, end16-2, end16-2),
		lowering(mkStr("āb"), StringType{}, Latin1UTF16, end16-4, end16-6, end16-4),
		lowering(tagged, StringType{}, Latin1UTF16, end16-2, end16-2),
	} {
		if err := run(newScene(t, newTestStore(t))); err != nil {
			t.Error(err)
		}
	}
}
