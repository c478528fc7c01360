package app

import (
	"context"
	"image"
	"sync"

	"blindspot/core/noise"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// network is what the session asks of a loaded model. Its heavy methods are called under a Queue's turn and so by one
// goroutine at a time.
type network interface {
	// plan cuts a photo of w by h pixels into the cells of a mode. Tunable and Average have the same cells and results.
	plan(w, h int, mode Mode) plan
	// cell runs the network for cell i of a plan of this network. For Tunable and Average the result holds every stop,
	// current being computed first.
	cell(ctx context.Context, im *pixel.Image, p plan, i int, current Hole) (cellResult, error)
	// photo denoises a whole photo, equal to its rendered cells byte for byte. progress is called on the same goroutine.
	photo(ctx context.Context, im *pixel.Image, s Settings, progress func(done, total int)) (*pixel.Image, error)
	// limitSums bounds the memory for cells that have been begun while their neighbours were computed. It may be called at any time.
	limitSums(bytes int64)
	// twin is another network of the same model, with buffers of its own.
	twin(threads int) (network, error)
	// useNoise hands over what was measured of a photo's noise, so that the network need not measure it again.
	useNoise(im *pixel.Image, r *noise.Report)
	// fast is nil if the model has the network for Fast, otherwise it says why not.
	fast() error
	// textured reports whether the network for Fast shows texture by itself.
	textured() bool
	// trunkPasses counts how often a network has run.
	trunkPasses() int64
	close()
}

// plan is the division of one photo into cells: disjoint rectangles that cover it.
type plan interface {
	Cells() []image.Rectangle
	// Visible lists the cells that view touches, in the order in which they should be asked for: those nearest to centre
	// before others, and such that no tile is computed long before the cells that it serves.
	Visible(view image.Rectangle, centre image.Point) []int
}

// cellResult is what the network said about one cell. It never changes and may be rendered by several goroutines at once.
type cellResult interface {
	// render is the cell as it will be saved, in a picture of its size: mixed with the noisy photo im as s says, and
	// rounded to the depth of im.
	render(s Settings, im *pixel.Image) (*pixel.Image, error)
	// picture is what render gives, for the screen. The picture may be kept and changed; its top left is at 0, 0.
	picture(s Settings, im *pixel.Image) (*image.RGBA, error)
	// spread is how far the stops lie apart, for the screen; black if the mode has none. It may be kept and changed.
	spread() *image.RGBA
	// bytes is the memory that the result keeps.
	bytes() int64
}

// sharedNetwork closes a network when the last of its users is done with it: switching models must not pull the network
// away from under a running export.
type sharedNetwork struct {
	network
	mu    sync.Mutex
	users int
}

// share returns n with one user, the caller.
func share(n network) *sharedNetwork { return &sharedNetwork{network: n, users: 1} }

// retain adds a user, who must release.
func (n *sharedNetwork) retain() *sharedNetwork {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.users++
	return n
}

// release ends the use by one user.
func (n *sharedNetwork) release() {
	n.mu.Lock()
	n.users--
	last := n.users == 0
	n.mu.Unlock()
	if last {
		n.network.close()
	}
}

// family names the results that modes share: those of the student, and those of the teacher at all stops.
type family int

const (
	studentFamily family = iota
	teacherFamily
)

func familyOf(m Mode) family {
	if m == Fast {
		return studentFamily
	}
	return teacherFamily
}

var errNoFast = say.Errorf("this model has no fast network yet: choose Tunable or Average")
