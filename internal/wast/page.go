package wast

// Page is the page docs/wast.md.
func (r *Report) Page() string { return "" }
