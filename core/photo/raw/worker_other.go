//go:build !noraw && !linux

package raw

import (
	"os"
	"os/exec"
)

// ownProgram names the running program's file.
func ownProgram() (string, error) { return os.Executable() }

// dieWithParent does nothing: the child sees its pipe close and ends.
func dieWithParent(*exec.Cmd) {}

func prepareChild() {}

// limitMemory does nothing here: what LibRaw takes for the sensor's pixels is
// limited by LibRaw itself.
func limitMemory(int64) {}

// peakMemory is unknown here.
func peakMemory() int64 { return 0 }
