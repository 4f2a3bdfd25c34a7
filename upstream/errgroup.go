package upstream

import (
	"errors"
	"sync"
)

// An errgroup is functions that run at the same time, and the errors that they return.
type errgroup struct {
	wg   sync.WaitGroup
	mu   sync.Mutex
	errs []error
	dead chan struct{} // closed at the first error
}

func (g *errgroup) Go(f func() error) {
	g.Dead()
	g.wg.Go(func() {
		if err := f(); err != nil {
			g.mu.Lock()
			defer g.mu.Unlock()
			if g.errs = append(g.errs, err); len(g.errs) == 1 {
				close(g.dead)
			}
		}
	})
}

// Dead is closed when a function has failed.
func (g *errgroup) Dead() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dead == nil {
		g.dead = make(chan struct{})
	}
	return g.dead
}

// Failed reports whether a function has failed.
func (g *errgroup) Failed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.errs) > 0
}

// Wait waits for all of them.
func (g *errgroup) Wait() error {
	g.wg.Wait()
	return errors.Join(g.errs...)
}
