// Cabi-beam explores a world as cabi check does, breadth first, on Apache Beam: on Prism in its own process, or on Flink, Spark or Dataflow.
//
//	cabi-beam [flags] WORLD
//
// A state is its path, as bytes, so a level is a collection of bytes. To go from one level to the next, a pipeline expands the states
// (expand.go), groups what was reached by shards of the fingerprints, and in each shard drops what was reached before and keeps one path to
// each other state (shard.go). What a shard has reached, level by level, is in files below a directory that all workers see (files.go). system.go
// has what is explored, lead.go makes the pipelines one after the other, and main.go reads flags and prints what cabi check prints.
//
// Each level is a function of the one before: whatever the runner repeats, or does twice at once, writes the same files.
package main
