package train

import (
	"context"
	"errors"
	"image"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"blindspot/core/pixel"
)

const mega = 1 << 20

func drawBatch(t *testing.T, c *cropper, step, patch, n int) []float32 {
	t.Helper()
	b, err := c.batch(context.Background(), step, patch, n)
	if err != nil {
		t.Fatal(err)
	}
	return floats(b.x)
}

// A batch is the same whatever was drawn before it and however little the caches hold.
func TestBatchesArePure(t *testing.T) {
	paths := folder(t, 5)
	breakPhoto(t, paths[2])
	fresh := func(cache int64) *cropper {
		a := openTestAlbum(t, paths, 3, cache)
		c := newCropper(a, 7, PhaseFit, nil, mega)
		c.stride = 2 // as with larger photos, so that visits join and leave within the test
		return c
	}
	inOrder := fresh(100 * mega)
	want := map[int][]float32{}
	for step := range 40 {
		want[step] = drawBatch(t, inOrder, step, 32, 4)
	}
	if inOrder.window >= 20 {
		t.Fatalf("the pool holds %d visits: none ever leaves it in this test", inOrder.window)
	}
	for _, cache := range []int64{0, 200_000, 100 * mega} {
		c := fresh(cache)
		for _, step := range []int{39, 0, 17, 39, 3, 18} {
			if !slices.Equal(drawBatch(t, c, step, 32, 4), want[step]) {
				t.Errorf("cache of %d bytes: step %d differs when drawn out of order", cache, step)
			}
		}
		if notes := c.album.takeNotes(); len(notes) != 1 || !strings.Contains(notes[0].String(), "c.png") {
			t.Errorf("notes %q, want one that names c.png", notes)
		}
	}
	if slices.Equal(want[0], want[1]) {
		t.Error("two steps have the same crops")
	}
	other := fresh(mega)
	other.seed = 8
	if slices.Equal(drawBatch(t, other, 0, 32, 4), want[0]) {
		t.Error("another seed gives the same crops")
	}
}

// A resumed training knows which photos were dropped and from which visit on, and draws the same crops.
func TestDropsSurviveAResume(t *testing.T) {
	paths := folder(t, 4)
	breakPhoto(t, paths[1])
	first := newCropper(openTestAlbum(t, paths, 3, mega), 3, PhaseFit, nil, mega)
	for step := range 10 {
		drawBatch(t, first, step, 32, 4)
	}
	again := newCropper(openTestAlbum(t, paths, 3, mega), 3, PhaseFit, nil, mega)
	again.album.restoreDrops(first.album.drops())
	if got, want := again.album.usable(), 3; got != want {
		t.Errorf("%d usable photos after the resume, want %d", got, want)
	}
	if !slices.Equal(drawBatch(t, again, 10, 32, 4), drawBatch(t, first, 10, 32, 4)) {
		t.Error("the batch after the resume differs")
	}
}

func TestNoReadablePhotoIsAnError(t *testing.T) {
	paths := folder(t, 2)
	a := openTestAlbum(t, paths, 3, mega)
	for _, p := range paths {
		breakPhoto(t, p)
	}
	if _, err := newCropper(a, 1, PhaseFit, nil, mega).batch(context.Background(), 0, 32, 1); !errors.Is(err, errNoPhotos) {
		t.Errorf("error %v, want errNoPhotos", err)
	}
}

// Photos are drawn in proportion to their area.
func TestDrawnByArea(t *testing.T) {
	dir := t.TempDir()
	small, large := filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	writePhoto(t, small, 64, 64, true, 100, 5, 1)
	writePhoto(t, large, 192, 128, true, 100, 5, 2) // six times the area
	a := openTestAlbum(t, []string{small, large}, 1, mega)
	count := 0
	const visits = 700
	for v := range visits {
		i, err := a.draw(11, "visit", v)
		if err != nil {
			t.Fatal(err)
		}
		count += i
	}
	// A golden-ratio sequence misses a share of n draws by a few draws at most.
	if want := visits * 6 / 7; count < want-5 || count > want+5 {
		t.Errorf("the large photo was drawn %d times of %d, want about %d", count, visits, want)
	}
}

// Training crops stay away from held-out places, and all parts of the rest are reached.
func TestHeldOutPlacesAreNotTrainedOn(t *testing.T) {
	paths := folder(t, 1)
	a := openTestAlbum(t, paths, 3, mega)
	held, err := a.holdOut(context.Background(), 5, 32, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(held.crops) != heldOutCrops || len(held.where[0]) != heldOutCrops {
		t.Fatalf("%d crops at %d places, want %d", len(held.crops), len(held.where[0]), heldOutCrops)
	}
	im, err := a.get(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[8]uint16]bool{} // pixels of noise are told apart by eight in a row
	tile := pixel.NewTile(3, 32, 32)
	for _, r := range held.where[0] {
		im.Read(tile, r.Min.X, r.Min.Y)
		seen[key(tile.Pix[:8])] = true
	}
	c := newCropper(a, 5, PhaseFit, held.where, mega)
	for step := range 60 {
		oldest, newest := c.visits(step)
		tile, _, err := c.crop(context.Background(), step, 0, 32, oldest, newest)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range pixel.Orientations() {
			turned := tile.Oriented(o)
			for y := range 32 {
				for x := range 32 - 8 {
					if seen[key(turned.Pix[y*32+x:][:8])] {
						t.Fatalf("step %d trains on the first row of a held-out crop", step)
					}
				}
			}
		}
	}
}

func key(v []float32) (k [8]uint16) {
	for i := range k {
		k[i] = uint16(v[i])
	}
	return k
}

// A photo of which one half is burnt out gives crops from the other half.
func TestClippedCropsAreSkipped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	writePhoto(t, path, 256, 256, true, 400, 5, 1)
	a := openTestAlbum(t, []string{path}, 1, mega)
	im, err := a.get(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 256 {
		for x := range 128 {
			im.Planes[0][y*256+x] = uint16(100+(x*y)%50) * 257
		}
	}
	c := newCropper(a, 1, PhaseFit, nil, mega)
	bad := 0
	for step := range 100 {
		tile := pixel.Tile{C: 1, H: 32, W: 32, Pix: drawBatch(t, c, step, 32, 1)}
		if clipped(&tile) > 0.5 {
			bad++
		}
	}
	if bad > 0 {
		t.Errorf("%d of 100 crops are more than half clipped", bad)
	}
	// All of it burnt out: crops are drawn all the same.
	for i := range im.Planes[0] {
		im.Planes[0][i] = 65535
	}
	clear(c.pool)
	drawBatch(t, c, 0, 32, 2)
}

// Gray photos in a network for colour have three equal channels, and photos smaller than a patch are mirrored.
func TestGrayAndSmallPhotos(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	writePhoto(t, path, 70, 64, true, 100, 5, 1)
	a := openTestAlbum(t, []string{path}, 3, mega)
	x := drawBatch(t, newCropper(a, 1, PhaseFit, nil, mega), 0, 96, 1)
	n := 96 * 96
	if !slices.Equal(x[:n], x[n:2*n]) || !slices.Equal(x[:n], x[2*n:]) {
		t.Error("the channels of a gray photo differ")
	}
	if slices.Min(x) < 40 || slices.Max(x) > 160 {
		t.Errorf("values %g to %g, want the photo's 50 to 150", slices.Min(x), slices.Max(x))
	}
	colour := folder(t, 1)
	if _, err := openAlbum(context.Background(), colour, 1, mega, nil); err == nil || !strings.Contains(err.Error(), "colour photo") {
		t.Errorf("error %v for a colour photo in a gray network", err)
	}
}

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		u         float64
		n, window int
		want      int
	}{
		{0, 100, 32, 0},
		{0.9999, 100, 32, 68},
		{0.5, 32, 32, 0},
		{0.9999, 20, 32, -12},
		{0, 20, 32, 0},
	} {
		if got := place(c.u, c.n, c.window); got != c.want {
			t.Errorf("place(%g, %d, %d) = %d, want %d", c.u, c.n, c.window, got, c.want)
		}
	}
}

func TestImageCacheStaysWithinItsBound(t *testing.T) {
	c := newImageCache(10_000)
	for i := range 5 {
		c.put(i, pixel.New(50, 30, 1, 8)) // 3000 bytes
		if c.used > c.limit {
			t.Fatalf("%d bytes in a cache of %d", c.used, c.limit)
		}
		c.get(0) // keeps the first one young
	}
	if c.get(0) == nil || c.get(4) == nil || c.get(1) != nil {
		t.Error("the least recently used image should have gone first")
	}
	c.put(9, pixel.New(100, 100, 1, 8))
	if c.get(9) != nil {
		t.Error("an image larger than the cache was kept")
	}
	gray := pixel.New(50, 30, 1, 8)
	gray.Planes = append(gray.Planes, gray.Planes[0], gray.Planes[0])
	if got := imageBytes(gray); got != 3000 {
		t.Errorf("a gray image that is shown three times counts %d bytes, want 3000", got)
	}
}

func TestCutSharesPlanes(t *testing.T) {
	im := pixel.New(8, 6, 1, 8)
	for i := range im.Planes[0] {
		im.Planes[0][i] = uint16(i)
	}
	im.C, im.Planes = 3, [][]uint16{im.Planes[0], im.Planes[0], im.Planes[0]}
	out := cut(im, image.Rect(2, 1, 5, 3))
	if !slices.Equal(out.Planes[2], []uint16{10, 11, 12, 18, 19, 20}) || imageBytes(out) != 12 {
		t.Errorf("cut gave %v in %d bytes", out.Planes[2], imageBytes(out))
	}
}
