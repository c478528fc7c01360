package train

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"blindspot/core/bsn"
	"blindspot/core/say"
)

// fingerprint is everything that decides a training's result, so that a checkpoint is not resumed as something else.
// Threads, times of saving and the budget in minutes are not in it: the first two change nothing, the third is in the
// schedule.
type fingerprint struct {
	Job                 string
	Width, Channels     int
	Hole                bsn.Hole
	Steps, DistilSteps  int
	Seed                uint64
	Patch, LastPatch    int
	Batch               int
	Rate, DistilRate    float64
	WarmUp, Decay       float64
	ClipNorm, Recharge  float64
	CacheBytes          int64
	Photos              int
	PhotoNames, BaseCRC uint32
	BaseCRCStudent      uint32
	Holes               string `json:",omitempty"` // unless they are all stops
}

func (o Options) fingerprint(job string, a *album) fingerprint {
	f := fingerprint{
		Job: job, Width: o.Width, Channels: o.Channels, Hole: o.Hole, Steps: o.Steps, DistilSteps: o.DistilSteps,
		Seed: o.Seed, Patch: o.Patch, LastPatch: o.LastPatch, Batch: o.Batch, Rate: o.Rate, DistilRate: o.DistilRate,
		WarmUp: o.WarmUp, Decay: o.Decay, ClipNorm: o.ClipNorm, Recharge: o.Recharge, CacheBytes: o.CacheBytes,
		Photos:     len(a.entries),
		PhotoNames: crc32.Checksum([]byte(strings.Join(a.names(), "\n")), castagnoli),
	}
	if !slices.Equal(o.Holes, bsn.Stops()) {
		f.Holes = fmt.Sprint(o.Holes)
	}
	if o.From != nil {
		f.BaseCRC = weightsSum(o.From.Teacher)
		if o.From.Student != nil {
			f.BaseCRCStudent = weightsSum(o.From.Student)
		}
	}
	return f
}

// check says in one sentence what differs between the checkpoint's training and the one asked for.
func (f fingerprint) check(now fingerprint, path string) error {
	if f == now {
		return nil
	}
	differs := say.Textf("other settings")
	for _, d := range []struct {
		what say.Text
		same bool
	}{
		{say.Textf("another kind of job (%s)", f.Job), f.Job == now.Job},
		{say.Textf("a network of width %d", f.Width), f.Width == now.Width},
		{say.Textf("other photos"), f.Photos == now.Photos && f.PhotoNames == now.PhotoNames},
		{say.Textf("another model to start from"), f.BaseCRC == now.BaseCRC && f.BaseCRCStudent == now.BaseCRCStudent},
		{say.Textf("a hole of %d", f.Hole), f.Hole == now.Hole},
		{say.Textf("another seed"), f.Seed == now.Seed},
		{say.Textf("another number of steps"), f.Steps == now.Steps && f.DistilSteps == now.DistilSteps},
	} {
		if !d.same {
			differs = d.what
			break
		}
	}
	return say.Errorf("checkpoint %s cannot be resumed: it belongs to a training with %v", path, differs)
}
