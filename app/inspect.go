package app

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"blindspot/core/colour/icc"
	"blindspot/core/noise"
	"blindspot/core/photo"
	"blindspot/core/photo/meta"
	"blindspot/core/photo/raw"
)

// PhotoReport is what a photo's file says about itself. What it does not say is left out of the JSON document.
type PhotoReport struct {
	Path        string `json:"path"`
	Format      string `json:"format,omitempty"`
	FileBytes   int64  `json:"file_bytes,omitempty"`
	Width       int    `json:"width,omitempty"` // upright
	Height      int    `json:"height,omitempty"`
	Depth       int    `json:"depth,omitempty"` // bits a sample
	Channels    int    `json:"channels,omitempty"`
	Alpha       bool   `json:"alpha,omitempty"`
	Orientation int    `json:"orientation,omitempty"` // as in EXIF: how the stored pixels are turned when opened

	Camera      string       `json:"camera,omitempty"`
	Lens        string       `json:"lens,omitempty"`
	ISO         int          `json:"iso,omitempty"`
	Exposure    float64      `json:"exposure_s,omitempty"`
	Aperture    float64      `json:"aperture,omitempty"`
	FocalLength float64      `json:"focal_length_mm,omitempty"`
	Taken       string       `json:"taken,omitempty"` // ISO 8601; without a zone it is the camera's clock
	GPS         *PlaceReport `json:"gps,omitempty"`
	Software    string       `json:"software,omitempty"`

	Profile   *ProfileReport `json:"icc,omitempty"`
	EXIFBytes int            `json:"exif_bytes,omitempty"`
	XMPBytes  int            `json:"xmp_bytes,omitempty"`
	IPTCBytes int            `json:"iptc_bytes,omitempty"`
	IPTC      int            `json:"iptc_records,omitempty"`
	Raw       *RawReport     `json:"raw,omitempty"`
	Noise     *NoiseReport   `json:"noise,omitempty"`
	Notes     []string       `json:"notes,omitempty"` // what is wrong with the metadata

	Err   error  `json:"-"`
	Error string `json:"error,omitempty"` // Err as a sentence
}

// PlaceReport is where a photo was taken.
type PlaceReport struct {
	Latitude  float64  `json:"latitude"` // degrees, north positive
	Longitude float64  `json:"longitude"`
	Altitude  *float64 `json:"altitude_m,omitempty"`
}

// ProfileReport describes a colour profile.
type ProfileReport struct {
	Name  string `json:"name"`
	Space string `json:"space"`
	Bytes int    `json:"bytes"`
}

// RawReport describes what the sensor of a camera raw saw.
type RawReport struct {
	Pattern string    `json:"pattern"` // "RGGB" and its like, "X-Trans", "linear" or "other"
	Colours int       `json:"colours"`
	Preview bool      `json:"preview"`         // there is an embedded picture
	Black   []float64 `json:"black,omitempty"` // levels, one for each colour
	White   []float64 `json:"white,omitempty"`
}

// InspectPhotos reads what photos say about themselves; folders stand for the photos in them. Reports come in order, one
// for each photo, as they are made; one that fails does not stop the others. The error is the context's, or ErrUsage.
func InspectPhotos(ctx context.Context, inputs []string, report func(PhotoReport)) error {
	var photos []batchInput
	for _, path := range inputs {
		photos = append(photos, findPhotos(path)...)
	}
	if len(photos) == 0 {
		return usage("there is no photo to inspect")
	}
	for _, in := range photos {
		r, err := PhotoReport{Path: in.path}, in.err
		if err == nil {
			r, err = inspectPhoto(ctx, in.path)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r = PhotoReport{Path: in.path, Err: err, Error: Sentence(err).String()}
		}
		report(r)
	}
	return nil
}

func inspectPhoto(ctx context.Context, path string) (PhotoReport, error) {
	info, err := photo.Inspect(ctx, path)
	if err != nil {
		return PhotoReport{}, err
	}
	m := info.Meta
	r := PhotoReport{
		Path: path, Format: info.Format.String(), Width: info.W, Height: info.H, Depth: info.Depth, Channels: info.C, Alpha: info.Alpha,
		Orientation: int(info.Sideways), Camera: m.Camera, Lens: m.Lens, ISO: m.ISO, Exposure: m.Exposure, Aperture: m.Aperture,
		FocalLength: m.FocalLength, Taken: taken(m.Facts), Software: m.Software,
		EXIFBytes: len(m.EXIF), XMPBytes: len(m.XMP) + len(m.Extended), IPTCBytes: len(m.IPTC), IPTC: meta.CountIPTC(m.IPTC), Notes: plain(info.Notes),
	}
	if stat, err := os.Stat(path); err == nil {
		r.FileBytes = stat.Size()
	}
	if m.GPS != nil {
		r.GPS = &PlaceReport{m.GPS.Latitude, m.GPS.Longitude, m.GPS.Altitude}
	}
	if m.ICC != nil {
		r.Profile = &ProfileReport{Bytes: len(m.ICC)}
		if r.Profile.Name, r.Profile.Space, err = icc.Describe(m.ICC); err != nil {
			r.Notes = append(r.Notes, err.Error())
		}
	}
	if info.Raw != nil {
		if r.Raw, err = inspectRaw(ctx, path, info.Raw); err != nil {
			return r, err
		}
	}
	return r, r.inspectNoise(ctx)
}

// inspectNoise opens the photo and measures its noise. One whose pixels cannot be read has told what its file says all the same.
func (r *PhotoReport) inspectNoise(ctx context.Context) error {
	p, err := photo.Open(ctx, r.Path)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		r.Notes = append(r.Notes, Sentence(err).String())
		return nil
	}
	report, err := noise.Measure(ctx, p.Image, noise.Options{})
	if err == nil {
		r.Noise = newNoiseReport(report)
	}
	return err
}

// inspectRaw adds the sensor's levels, for which the mosaic must be read. A raw whose mosaic cannot be had goes without.
func inspectRaw(ctx context.Context, path string, info *raw.Info) (*RawReport, error) {
	r := &RawReport{Pattern: info.Pattern, Colours: info.Colours, Preview: info.Preview}
	mosaic, err := raw.ReadMosaic(ctx, path)
	if err != nil {
		return r, ctx.Err()
	}
	n := min(len(mosaic.Names), len(mosaic.Black))
	r.Black, r.White = mosaic.Black[:n], mosaic.White[:n]
	return r, nil
}

func taken(f meta.Facts) string {
	switch {
	case f.Taken.IsZero():
		return ""
	case f.Zoned:
		return f.Taken.Format(time.RFC3339)
	}
	return f.Taken.Format("2006-01-02T15:04:05")
}

// Lines are a report in words, a line for each fact.
func (r PhotoReport) Lines() []string {
	lines := []string{fmt.Sprintf("%s: %s, %d × %d, %d bit, %s", r.Path, r.Format, r.Width, r.Height, r.Depth, r.colours())}
	add := func(name string, parts ...string) {
		parts = nonEmpty(parts)
		if len(parts) > 0 {
			lines = append(lines, fmt.Sprintf("  %-12s %s", name, strings.Join(parts, ", ")))
		}
	}
	add("camera", r.Camera, r.Lens)
	add("exposure", when(r.ISO > 0, "ISO %d", r.ISO), r.exposure(), when(r.Aperture > 0, "f/%.4g", r.Aperture), when(r.FocalLength > 0, "%.4g mm", r.FocalLength))
	add("taken", strings.Replace(r.Taken, "T", " ", 1))
	if g := r.GPS; g != nil {
		place := fmt.Sprintf("%.5f° %.5f°", g.Latitude, g.Longitude)
		if g.Altitude != nil {
			place += fmt.Sprintf(", %.0f m", *g.Altitude)
		}
		add("place", place)
	}
	add("software", r.Software)
	add("orientation", when(r.Orientation > 1, "%d, turned upright when opened", r.Orientation))
	if p := r.Profile; p != nil {
		add("profile", p.Name, p.Space, fmt.Sprintf("%d bytes", p.Bytes))
	}
	add("metadata", when(r.EXIFBytes > 0, "EXIF %d bytes", r.EXIFBytes), when(r.XMPBytes > 0, "XMP %d bytes", r.XMPBytes),
		when(r.IPTC > 0, "IPTC %d records", r.IPTC))
	if w := r.Raw; w != nil {
		add("sensor", w.Pattern, when(len(w.Black) > 0, "black %g", first(w.Black)), when(len(w.White) > 0, "white %g", first(w.White)), when(w.Preview, "with preview"))
	}
	if r.Noise != nil {
		for _, line := range r.Noise.lines() {
			add(line[0], line[1:]...)
		}
	}
	for _, n := range r.Notes {
		add("note", n)
	}
	return lines
}

func (r PhotoReport) colours() string {
	text := "colour"
	if r.Channels == 1 {
		text = "gray"
	}
	if r.Alpha {
		text += " with transparency"
	}
	return text
}

func (r PhotoReport) exposure() string {
	switch {
	case r.Exposure <= 0:
		return ""
	case r.Exposure < 0.3:
		return fmt.Sprintf("1/%.0f s", math.Round(1/r.Exposure))
	}
	return fmt.Sprintf("%.3g s", r.Exposure)
}

// when is a text under a condition.
func when(holds bool, format string, args ...any) string {
	if !holds {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

func first(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return values[0]
}

func nonEmpty(parts []string) []string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return kept
}
