package train

import (
	"math"
	"path/filepath"
	"testing"

	"blindspot/core/bsn"
)

// A model tells the noise of its photos and what it scored, beside the score of the model that it began with.
func TestStoryOfAModel(t *testing.T) {
	dir := t.TempDir()
	const sigma = 12
	var paths []string
	for i, name := range []string{"a.png", "b.png", "c.png"} {
		paths = append(paths, filepath.Join(dir, name))
		writePhoto(t, paths[i], 320, 256, false, 110, sigma, uint64(i))
	}
	o := small(paths)
	first := mustRun(t, o, nil)
	i := first.Info
	if math.Abs(i.NoiseLevel-sigma) > 1.5 || len(i.CorrelationMap) != bsn.CorrelationSide*bsn.CorrelationSide {
		t.Fatalf("noise of %v is told as %v, the map has %d values", sigma, i.NoiseLevel, len(i.CorrelationMap))
	}
	middle := len(i.CorrelationMap) / 2
	if math.Abs(i.CorrelationMap[middle]-1) > 1e-6 || math.Abs(i.CorrelationMap[middle+1]) > 0.15 || math.Abs(i.Correlation[0]) > 0.15 {
		t.Errorf("independent noise has the correlations %v and the map %v", i.Correlation, i.CorrelationMap)
	}
	if i.HeldOut <= 0 || i.HeldOut > 255 || i.HeldOutBase != 0 {
		t.Errorf("from scratch the scores are %v and %v", i.HeldOut, i.HeldOutBase)
	}
	o.From = first
	second := mustRun(t, o, nil).Info
	if second.HeldOutBase <= 0 || second.HeldOut <= 0 || second.HeldOut > second.HeldOutBase {
		t.Errorf("after more training the scores are %v and %v", second.HeldOut, second.HeldOutBase)
	}
}
