package photo

import (
	"os"
	"testing"

	"blindspot/core/photo/raw"
)

// TestMain lets the test program be the process that decodes raws.
func TestMain(m *testing.M) {
	raw.WorkerMain()
	os.Exit(m.Run())
}
