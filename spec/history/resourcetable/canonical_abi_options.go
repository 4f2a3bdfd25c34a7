package resourcetable

//cabi:pin resource-table

// CanonicalOptions are the canonical options that resources depend on. Those on memory, strings, post-return and
// callbacks are left out, as is always_task_return, which is false.
//
//cabi:py CanonicalOptions b3eaeac0
type CanonicalOptions struct {
	sync bool
}
