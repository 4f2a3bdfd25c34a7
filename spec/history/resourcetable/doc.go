// Package resourcetable is the Canonical ABI's resources as definitions.py had them in a64b04e (2024-12-04): the first
// version in which each component instance had a single table of handles for all resource types.
//
// It ports what package pertype ports of the commit before, in the same files. The difference between the two packages is
// that commit; a test keeps everything else the same.
package resourcetable
