//go:build !linux

package kernel

// lowerThread does nothing: only whole processes have a priority here that this program could lower.
func lowerThread() {}
