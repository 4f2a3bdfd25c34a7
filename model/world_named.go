package model

// Worlds are the named worlds.
var Worlds = []*World{
	handlesWorld, waitablesWorld, eventsWorld, borrowsWorld, dtorsWorld, waitsWorld, subtasksWorld, backpressureWorld, childrenWorld, streamsWorld, futuresWorld,
	hostStreamsWorld, hostReadsWorld, hostCallsWorld, transfersWorld, tasksWorld, callbacksWorld, threadsWorld, switchesWorld, reentranceWorld, cancelWorld,
	errorContextsWorld, relendsWorld, pipesWorld, aloneWorld, loopsWorld, promotesWorld, helpersWorld, helperCallsWorld, limitsWorld, blockingWorld, sharingWorld, everythingWorld,
}

// WorldByName finds a world; nil if there is none of that name.
func WorldByName(name string) *World {
	for _, w := range Worlds {
		if w.Name == name {
			return w
		}
	}
	return nil
}
