package spec_test

import (
	"fmt"

	"cabi/spec"
)

// A host calls a component function that core code implements.
func Example() {
	store := spec.NewStore(spec.Options{})
	defer store.Close()
	inst := spec.NewComponentInstance(store, nil)

	double := func(args []spec.CoreValue) []spec.CoreValue {
		return []spec.CoreValue{spec.CoreInt(2 * args[0].Uint64())}
	}
	ft := &spec.FuncType{Params: []spec.ValType{spec.U32Type{}}, Result: []spec.ValType{spec.U32Type{}}}
	f := store.Lift(double, ft, &spec.CanonicalOptions{}, inst)

	_, err := store.Invoke(f,
		spec.HostOnStart(func() []spec.Value { return []spec.Value{spec.IntOf(21)} }),
		spec.HostOnResolve(func(result []spec.Value) { fmt.Println("result:", result[0]) }))
	fmt.Println("stopped by:", err)
	// Output:
	// result: 42
	// stopped by: <nil>
}

// call runs core code of inst as the host would call it.
func call(inst *spec.ComponentInstance, core func()) error {
	f := inst.Store().Lift(func([]spec.CoreValue) []spec.CoreValue { core(); return nil }, &spec.FuncType{}, &spec.CanonicalOptions{}, inst)
	_, err := inst.Store().Invoke(f, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {}))
	return err
}

// One instance lends a resource to another, which sees a borrow handle for the time of the call.
func ExampleStore_Lower() {
	store := spec.NewStore(spec.Options{})
	defer store.Close()
	a, b := spec.NewComponentInstance(store, nil), spec.NewComponentInstance(store, nil)
	file := spec.NewResourceType("file", a, nil)

	look := func(args []spec.CoreValue) []spec.CoreValue {
		i := args[0].Uint64()
		fmt.Printf("%s got index %d, rep %s\n", b.Name, i, spec.CanonResourceRep(store, file, i)[0])
		spec.CanonResourceDrop(store, file, i)
		return nil
	}
	ft := &spec.FuncType{Params: []spec.ValType{&spec.BorrowType{Rt: file}}}
	lent := store.Lower(store.Lift(look, ft, &spec.CanonicalOptions{}, b), ft, &spec.CanonicalOptions{}, a)

	err := call(a, func() {
		i := spec.CanonResourceNew(store, file, 1234)[0]
		fmt.Printf("%s made index %s\n", a.Name, i)
		lent([]spec.CoreValue{i})
		spec.CanonResourceDrop(store, file, i.Uint64())
		spec.CanonResourceDrop(store, file, i.Uint64())
	})
	fmt.Println(err)
	// Output:
	// A made index 1
	// B got index 1, rep 1234
	// trap at Table.get/empty: unknown handle index 1 in instance A, expected a resource handle of file
}

// A guest reads from a stream what it wrote into its other end.
func ExampleCanonStreamRead() {
	store := spec.NewStore(spec.Options{})
	defer store.Close()
	inst := spec.NewComponentInstance(store, nil)
	opts := &spec.CanonicalOptions{Async: true}
	opts.Memory = spec.NewMemInst(16)
	bytes := &spec.StreamType{T: spec.U8Type{}}

	err := call(inst, func() {
		ends := spec.CanonStreamNew(store, bytes)[0].Uint64()
		readable, writable := ends&0xffffffff, ends>>32
		copy(opts.Memory.Bytes.B, "hello")
		fmt.Println("write blocks:", spec.CanonStreamWrite(store, bytes, opts, writable, 0, 5)[0].Uint64() == spec.Blocked)
		packed := spec.CanonStreamRead(store, bytes, opts, readable, 8, 8)[0].Uint64()
		fmt.Printf("read %d bytes: %s, %s\n", packed>>4, opts.Memory.Bytes.B[8:13], spec.CopyResult(packed&0xf))
	})
	fmt.Println(err)
	// Output:
	// write blocks: true
	// read 5 bytes: hello, COMPLETED
	// <nil>
}
