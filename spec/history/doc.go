// Package history compares what the Canonical ABI's resources once meant with what they mean at the pin.
//
// The packages below it port the definitions of resources as they were at two commits, line by line. This package is what
// they and their tests share: the operations that a sequence is made of, the text of a sequence, and the machine that
// runs one on a historical definition. Its tests run the same sequences on the pin's definitions under the variant that
// stands for the historical tables, and on what was recorded of the historical definitions.py. docs/history.md lists
// where they differ.
package history
