package bench

import "slices"

// Naive explores m in the simplest way, to compare: one goroutine, a map of strings and a queue, over the specification's own
// tables. It returns the number of states.
func Naive(m M) int {
	t := newTables(m)
	start := string(t.Start(nil))
	visited, queue := map[string]bool{start: true}, []string{start}
	for ; len(queue) > 0; queue = queue[1:] {
		for next := range slices.Chunk(t.Expand([]byte(queue[0]), nil), len(start)) {
			if !visited[string(next)] {
				visited[string(next)] = true
				queue = append(queue, string(next))
			}
		}
	}
	return len(visited)
}
