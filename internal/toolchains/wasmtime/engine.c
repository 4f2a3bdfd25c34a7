#include "engine.h"
#include "_cgo_export.h"

static wasmtime_error_t *call(void *number, wasmtime_context_t *context, const wasmtime_component_func_type_t *type,
                              wasmtime_component_val_t *args, size_t nargs, wasmtime_component_val_t *results, size_t nresults) {
  return hostCall((uintptr_t)number, context, args, nargs, results, nresults);
}

static wasmtime_error_t *drop(void *number, wasmtime_context_t *context, uint32_t rep) {
  hostDrop((uintptr_t)number, rep);
  return NULL;
}

wasmtime_error_t *add_func(wasmtime_component_linker_instance_t *in, const char *name, size_t length, uintptr_t number) {
  return wasmtime_component_linker_instance_add_func(in, name, length, call, (void *)number, NULL);
}

wasmtime_error_t *add_resource(wasmtime_component_linker_instance_t *in, const char *name, size_t length, uint32_t type, uintptr_t number) {
  wasmtime_component_resource_type_t *t = wasmtime_component_resource_type_new_host(type);
  wasmtime_error_t *error = wasmtime_component_linker_instance_add_resource(in, name, length, t, drop, (void *)number, NULL);
  wasmtime_component_resource_type_delete(t);
  return error;
}
