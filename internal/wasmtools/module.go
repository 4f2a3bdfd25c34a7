package wasmtools

import (
	"context"
	"crypto/rand"
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

// Parse calls parse, of type func(text: string) -> result<list<u8>, string>. An instance that has trapped is not used again.
func (m *module) Parse(text string) ([]byte, error) {
	if err := m.start(); err != nil {
		return nil, fmt.Errorf("wasm-tools does not start: %w", err)
	}
	answer, failed, err := m.parse(text)
	if err != nil {
		m.instance.Close(context.Background())
		m.instance = nil
		return nil, fmt.Errorf("wasm-tools fails: %w", err)
	}
	if failed {
		return nil, refusal(string(answer))
	}
	return answer, nil
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
	for _, name := range []string{realloc, parse} {
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
	after   = "cabi_post_local:wasm-tools/tools#parse"
)

// parse returns a binary, or if parsing failed, the reason. An error is a fault of the module.
func (m *module) parse(text string) (answer []byte, failed bool, err error) {
	ctx, memory := context.Background(), m.instance.Memory()
	at, err := m.instance.ExportedFunction(realloc).Call(ctx, 0, 0, 1, uint64(max(len(text), 1)))
	if err != nil {
		return nil, false, err
	}
	if !memory.WriteString(uint32(at[0]), text) {
		return nil, false, errors.New("realloc allocates beyond the end of the memory")
	}
	results, err := m.instance.ExportedFunction(parse).Call(ctx, at[0], uint64(len(text)))
	if err != nil {
		return nil, false, err
	}
	answer, failed, err = answerAt(memory, uint32(results[0]))
	if err != nil {
		return nil, false, err
	}
	if post := m.instance.ExportedFunction(after); post != nil {
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
