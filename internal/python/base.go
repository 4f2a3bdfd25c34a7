package python

type base struct{}

func (m *Machine) noteModule(*Module) {}
func (m *Module) markDirty(int)       {}
