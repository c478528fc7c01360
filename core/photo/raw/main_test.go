//go:build !noraw

package raw

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	WorkerMain()
	code := m.Run()
	CloseIdle()
	os.Exit(code)
}
