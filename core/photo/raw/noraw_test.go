//go:build noraw

package raw

import (
	"errors"
	"strings"
	"testing"
)

// TestLeftOut asks a build without LibRaw.
func TestLeftOut(t *testing.T) {
	WorkerMain()
	path := photos + "raw/sim_bayer_bliznaca_clean.dng"
	_, inspect := Inspect(t.Context(), path)
	_, preview := Preview(t.Context(), path)
	_, _, both := PreviewInfo(t.Context(), path)
	_, _, develop := Develop(t.Context(), path, Full)
	_, mosaic := ReadMosaic(t.Context(), path)
	for _, err := range []error{inspect, preview, both, develop, mosaic} {
		if !errors.Is(err, ErrUnsupported) || !strings.HasSuffix(err.Error(), "this build reads no camera raw") {
			t.Error(err)
		}
	}
	CloseIdle()
}
