// Package conform tests an implementation of the Canonical ABI that is another process, through a protocol of JSON lines.
//
// protocol.go has the lines, process.go the process; conversation.go leads one run, whose answers are compared as they come; difference.go says
// how an answer differs, and makes it a trace; conform.go makes runs, one after the other, and shrinks what differs.
package conform
