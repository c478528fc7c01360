package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// description is what a photo shows of its noise: the tables of noise.Model.
type description struct {
	Confidence float64   `json:"confidence"` // 0 to 1
	Grain      float64   `json:"grain"`      // noise.Model.Grain
	Variance   []float32 `json:"variance"`   // [3][noise.Bins]
	Shift      []float32 `json:"shift"`      // [3][noise.Bins]
	Spectra    []float32 `json:"spectra"`    // [3][64]
}

// noisePatches are looked at, as many as training does.
const noisePatches = 6000

// describeNoise measures the noise of a photo as it was written, in 8 bits. A photo that does not let it be known gets no file.
func describeNoise(ctx context.Context, path string, im *pixel.Image) error {
	r, err := noise.Measure(ctx, pixel.FromGo(im.ToGo(8)), noise.Options{Patches: noisePatches})
	if err != nil {
		return err
	}
	if r.Spectra == nil {
		return nil
	}
	m := r.Model()
	d := description{Confidence: r.Confidence, Grain: m.Grain()}
	d.Variance, d.Shift, d.Spectra = m.Tables()
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
