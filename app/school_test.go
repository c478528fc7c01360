package app

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"blindspot/app/apptest"
	"blindspot/core/photo"
	"blindspot/core/pixel"
)

// noisyFolder makes a folder of n photos of soft shapes under weak noise.
func noisyFolder(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	for k := range n {
		im := pixel.New(136, 104, 3, 8)
		for c, plane := range im.Planes {
			for i := range plane {
				x, y := float64(i%im.W), float64(i/im.W)
				v := 120 + 50*math.Sin(x/83+float64(c+k))*math.Cos(y/97) + 4*rng.NormFloat64()
				plane[i] = uint16(math.Round(min(max(v, 0), 255))) * 257
			}
		}
		path := filepath.Join(dir, string(rune('a'+k))+".png")
		if _, err := photo.Save(t.Context(), path, &photo.Photo{Image: im}, photo.SaveOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// school is a stage whose session can train, with a model called soft to start from.
type school struct {
	*stage
	library *Library
	power   string
}

func newSchool(t *testing.T, library *Library) *school {
	t.Helper()
	if library == nil {
		library = NewLibrary(nil, t.TempDir())
		if err := os.MkdirAll(filepath.Dir(library.ModelPath("soft")), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := apptest.Model().WriteFile(library.ModelPath("soft")); err != nil {
			t.Fatal(err)
		}
	}
	power := t.TempDir()
	return &school{newStage(t, Options{Library: library, Models: library.Choices(1), Threads: 1, PowerSupplies: power}), library, power}
}

// tiny are options of a training that takes a second or two.
func tiny(folder string) TrainingOptions {
	o := TrainingOptions{
		Folder: folder, Name: "mine", Steps: 16, DistilSteps: 8, Patch: 32, LastPatch: 64, Batch: 1, Seed: 3, Threads: 1,
		CheckpointEvery: time.Hour,
	}
	o.Photos, _ = filepath.Glob(filepath.Join(folder, "*.png"))
	return o
}

// train starts a training of fixed steps from the model soft, without the comparison at its end.
func (c *school) train(o TrainingOptions) {
	c.t.Helper()
	r := newTrainingRun(c.Session, o, func() (*Model, error) { return c.library.Find("soft") })
	r.samples = 0
	c.launch(r)
}

// reach waits until the training is at a step of a phase.
func (c *school) reach(phase string, step int) {
	c.t.Helper()
	c.until("step of "+phase, func() bool {
		s := c.Training()
		if s.Status == Failed {
			c.t.Fatal(s.Why)
		}
		return s.Phase == phase && s.Step >= step
	})
}

// idle waits until no training is under way.
func (c *school) idle() {
	c.t.Helper()
	c.until("the end of the training", func() bool {
		s := c.Training()
		if s.Status == Failed {
			c.t.Fatal(s.Why)
		}
		return !s.Active
	})
}
