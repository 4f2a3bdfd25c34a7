#include <stdint.h>
#include <stdlib.h>
#include <wasi.h>
#include <wasm.h>
#include <wasmtime.h>
#include <wasmtime/component.h>

// add_func adds a function that calls back into Go, which knows it by its number.
wasmtime_error_t *add_func(wasmtime_component_linker_instance_t *in, const char *name, size_t length, uintptr_t number);

// add_resource adds a resource type of the host's. Go is told of dropped resources.
wasmtime_error_t *add_resource(wasmtime_component_linker_instance_t *in, const char *name, size_t length, uint32_t type, uintptr_t number);
