package wasmtools

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// A module is jco's wasm-tools.core.wasm under wazero. The module exports local:wasm-tools/tools, functions on strings and bytes in the
// canonical ABI of components.
type module struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	cache    wazero.CompilationCache
	instance api.Module // nil: none is running
}

// openModule compiles the module. The machine code is kept beside the cached module, since compiling takes seconds.
func openModule(code []byte) (Tools, error) {
	ctx := context.Background()
	m := &module{}
	config := wazero.NewRuntimeConfig()
	if dir, err := os.UserCacheDir(); err == nil {
		if m.cache, err = wazero.NewCompilationCacheWithDir(filepath.Join(dir, "cabi", "compiled")); err == nil {
			config = config.WithCompilationCache(m.cache)
		}
	}
	m.runtime = wazero.NewRuntimeWithConfig(ctx, config)
	_, err := wasi_snapshot_preview1.Instantiate(ctx, m.runtime)
	if err == nil {
		m.compiled, err = m.runtime.CompileModule(ctx, code)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("wasm-tools cannot be compiled: %w", err), m.Close())
	}
	return m, nil
}

// Close frees the machine code.
func (m *module) Close() error {
	err := m.runtime.Close(context.Background())
	if m.cache != nil {
		err = errors.Join(err, m.cache.Close(context.Background()))
	}
	return err
}

// Parse calls parse, of type func(text: string) -> result<list<u8>, string>.
func (m *module) Parse(text string) ([]byte, error) {
	answer, failed, err := m.ask(parse, text)
	if failed {
		err = refusal(string(answer))
	}
	return answer, err
}

// Validate calls component-wit, of type func(binary: list<u8>) -> result<string, string>: the module has no function that validates and no more.
// That one validates, and then says in WIT what the component imports and exports. WIT cannot say all of that, so it is asked about a
// component that has the given one inside it and exports nothing.
func (m *module) Validate(component []byte) error {
	const componentSection = 4
	outer := append([]byte("\x00asm\x0d\x00\x01\x00"), componentSection)
	outer = append(binary.AppendUvarint(outer, uint64(len(component))), component...)
	answer, failed, err := m.ask(wit, string(outer))
	if failed {
		err = errors.New(string(answer))
	}
	return err
}

// ask calls a function of a string or bytes. An instance that has trapped is not used again.
func (m *module) ask(function, given string) (answer []byte, failed bool, err error) {
	if err := m.start(); err != nil {
		return nil, false, fmt.Errorf("wasm-tools does not start: %w", err)
	}
	answer, failed, err = m.call(function, given)
	if err != nil {
		m.instance.Close(context.Background())
		m.instance = nil
		return nil, false, fmt.Errorf("wasm-tools fails: %w", err)
	}
	return answer, failed, nil
}

var printedError = regexp.MustCompile(`line: (\d+), col: (\d+), [^}]*\}.* Custom\("((?:[^"\\]|\\.)*)"\)`)

// refusal is the error of a parse that failed. The module gives it as Rust prints structs, with lines and columns counted from 0.
func refusal(text string) error {
	m := printedError.FindStringSubmatch(text)
	if m == nil {
		return errors.New(text)
	}
	line, _ := strconv.Atoi(m[1])
	column, _ := strconv.Atoi(m[2])
	return fmt.Errorf("line %d, column %d: %s", line+1, column+1, strings.ReplaceAll(m[3], `\"`, `"`))
}

// start instantiates the module, unless an instance is running.
func (m *module) start() error {
	if m.instance != nil {
		return nil
	}
	ctx := context.Background()
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize").WithRandSource(rand.Reader)
	instance, err := m.runtime.InstantiateModule(ctx, m.compiled, config)
	if err != nil {
		return err
	}
	for _, name := range []string{realloc, parse, wit} {
		if instance.ExportedFunction(name) == nil {
			instance.Close(ctx)
			return fmt.Errorf("the module exports no %s", name)
		}
	}
	m.instance = instance
	return nil
}

const (
	realloc = "cabi_realloc"
	parse   = "local:wasm-tools/tools#parse"
	wit     = "local:wasm-tools/tools#component-wit"
)

// call returns what a function gives, or if it failed, the reason. An error is a fault of the module.
func (m *module) call(function, given string) (answer []byte, failed bool, err error) {
	ctx, memory := context.Background(), m.instance.Memory()
	at, err := m.instance.ExportedFunction(realloc).Call(ctx, 0, 0, 1, uint64(max(len(given), 1)))
	if err != nil {
		return nil, false, err
	}
	if !memory.WriteString(uint32(at[0]), given) {
		return nil, false, errors.New("realloc allocates beyond the end of the memory")
	}
	results, err := m.instance.ExportedFunction(function).Call(ctx, at[0], uint64(len(given)))
	if err != nil {
		return nil, false, err
	}
	answer, failed, err = answerAt(memory, uint32(results[0]))
	if err != nil {
		return nil, false, err
	}
	if post := m.instance.ExportedFunction("cabi_post_" + function); post != nil {
		if _, err := post.Call(ctx, results[0]); err != nil {
			return nil, false, err
		}
	}
	return answer, failed, nil
}

// answerAt reads a result<list<u8>, string>: a byte that says which, the address and the length.
func answerAt(memory api.Memory, at uint32) (answer []byte, failed bool, err error) {
	tag, ok := memory.ReadByte(at)
	address, ok1 := memory.ReadUint32Le(at + 4)
	length, ok2 := memory.ReadUint32Le(at + 8)
	bytes, ok3 := memory.Read(address, length)
	if !ok || !ok1 || !ok2 || !ok3 {
		return nil, false, errors.New("the result is beyond the end of the memory")
	}
	return append([]byte(nil), bytes...), tag != 0, nil
}
