package model

// Worlds are the worlds that have names, in the order in which they are listed.
var Worlds = []*World{
	handlesWorld, waitablesWorld, eventsWorld, borrowsWorld, dtorsWorld, waitsWorld, subtasksWorld, backpressureWorld, childrenWorld, streamsWorld, futuresWorld,
	hostStreamsWorld, hostReadsWorld, hostCallsWorld, transfersWorld, tasksWorld, callbacksWorld, threadsWorld, switchesWorld, reentranceWorld, cancelWorld,
	errorContextsWorld, relendsWorld, pipesWorld, aloneWorld, loopsWorld, promotesWorld, helpersWorld, helperCallsWorld, limitsWorld, blockingWorld, sharingWorld, everythingWorld,
}

// worldNames are the names of all of them.
func worldNames() []string {
	var names []string
	for _, w := range Worlds {
		names = append(names, w.Name)
	}
	return names
}

// WorldByName is the world of a name; nil: there is none.
func WorldByName(name string) *World {
	for _, w := range Worlds {
		if w.Name == name {
			return w
		}
	}
	return nil
}
