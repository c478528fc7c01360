package app

import (
	"cmp"
	"image"
	"slices"
	"testing"
)

// Visible of the fake lists cells by the distance of their middle.
func (p fakePlan) Visible(view image.Rectangle, centre image.Point) []int {
	var cells []int
	for i, r := range p {
		if r.Overlaps(view) {
			cells = append(cells, i)
		}
	}
	distance := func(i int) int {
		d := p[i].Min.Add(p[i].Max).Div(2).Sub(centre)
		return d.X*d.X + d.Y*d.Y
	}
	slices.SortStableFunc(cells, func(a, b int) int { return cmp.Compare(distance(a), distance(b)) })
	return cells
}

// backwards is a network whose plan wants the last cell first.
type backwards struct{ *fakeNetwork }

type backwardsPlan struct{ fakePlan }

func (b backwards) plan(w, h int, m Mode) plan {
	return backwardsPlan{b.fakeNetwork.plan(w, h, m).(fakePlan)}
}

func (p backwardsPlan) Visible(view image.Rectangle, centre image.Point) []int {
	cells := p.fakePlan.Visible(view, centre)
	slices.SortFunc(cells, func(a, b int) int { return cmp.Compare(b, a) })
	return cells
}

// The plan alone decides in which order cells come; the window adds only that what is visible precedes what is not.
func TestCellsComeInThePlansOrder(t *testing.T) {
	n := &fakeNetwork{}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", backwards{n})}})
	b.until("the model", func() bool { return b.Model().Ready })
	b.Open(photoFile(t, 10*fakeSide, fakeSide))
	b.until("the photo", func() bool { _, ok := b.Photo(); return ok })
	b.SetView(View{Visible: image.Rect(3*fakeSide, 0, 7*fakeSide, fakeSide), Centre: image.Pt(3*fakeSide, 20)})
	b.until("the cells around the view", func() bool { return len(n.order()) >= 8 })
	if got, want := n.order(), []int{6, 5, 4, 3, 8, 7, 2, 1}; !slices.Equal(got, want) {
		t.Errorf("cells came in the order %v, want %v", got, want)
	}
}

// What was computed and is far from the view follows the settings too, so that it is right when the view comes back.
func TestFarCellsFollowTheSettings(t *testing.T) {
	n := &fakeNetwork{}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.open(photoFile(t, 10*fakeSide, fakeSide), image.Point{})
	b.complete()
	passes := b.TrunkPasses()
	b.SetView(View{Visible: image.Rect(0, 0, fakeSide, fakeSide)})
	s := b.Settings()
	s.Hole = 11
	b.SetSettings(s)
	b.until("the farthest cell", func() bool { return b.after(10*fakeSide-1, 3) == fakeGray(s) })
	if b.TrunkPasses() != passes {
		t.Error("the network ran for warm cells")
	}
}

// After Settle, what is warm and visible shows the new settings, without waiting for the workers to wake anybody.
func TestSettleShowsWhatIsWarm(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	b.open(photoFile(t, 4*fakeSide, fakeSide), image.Point{})
	b.complete()
	s := b.Settings()
	s.Luma = 0.5
	b.SetSettings(s)
	b.Settle(patience)
	if p := b.Preview(); !p.Complete() || b.after(3, 3) != fakeGray(s) {
		t.Errorf("%d of %d cells show the new settings, gray is %d, want %d", p.Shown, p.Total, b.after(3, 3), fakeGray(s))
	}
	b.Settle(patience) // nothing to wait for
}
