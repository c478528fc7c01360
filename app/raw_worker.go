package app

import "blindspot/core/photo/raw"

// RunHelper must be the first call of every program's main. Camera raws are
// decoded by the program itself, started again as a helper: in such a process
// RunHelper does that work and does not return. Otherwise it returns at once.
func RunHelper() { raw.WorkerMain() }
