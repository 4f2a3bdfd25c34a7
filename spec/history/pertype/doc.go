// Package pertype is the Canonical ABI's resources as definitions.py had them in the parent of a64b04e (2024-12-04): the
// last version in which each component instance had one table of handles for each resource type.
//
// It ports what the definitions of resources touch: the tables, resource handles, the lifting and lowering of own and
// borrow, resource.new, .drop and .rep, and of tasks and subtasks what scopes borrows. At that commit tasks wait with
// asyncio; nothing here waits, and a task that would have to stops the run (history.Waits).
package pertype
