package app

import (
	"context"
	"errors"
	"image"
	"strings"
	"testing"

	"blindspot/core/pixel"
)

// tinted is a fake network whose cells are one level brighter.
type tinted struct{ *fakeNetwork }

type tintedCell struct{ fakeCell }

func (n tinted) cell(ctx context.Context, im *pixel.Image, p plan, i int, h Hole) (cellResult, error) {
	r, err := n.fakeNetwork.cell(ctx, im, p, i, h)
	if err != nil {
		return nil, err
	}
	return tintedCell{r.(fakeCell)}, nil
}

func (c tintedCell) picture(s Settings, im *pixel.Image) (*image.RGBA, error) {
	p, err := c.fakeCell.picture(s, im)
	if err == nil {
		for i := range p.Pix {
			p.Pix[i]++
		}
	}
	return p, err
}

// rivals is a session that denoises with "mine" and can compare with "other".
func rivals(t *testing.T, other network) (b *stage, mine *fakeNetwork) {
	t.Helper()
	mine = &fakeNetwork{}
	b = newStage(t, Options{Models: []ModelChoice{choice("mine", mine), choice("other", other)}})
	b.open(photoFile(t, 4*fakeSide, 2*fakeSide), image.Point{})
	b.complete()
	return b, mine
}

func (b *stage) besideDone() {
	b.t.Helper()
	b.until("the other model", func() bool { return b.Beside().Complete() && b.Preview().Complete() })
}

func TestAnotherModelBesideTheResult(t *testing.T) {
	other := tinted{&fakeNetwork{}}
	b, mine := rivals(t, other)
	b.SetCompanion(Companion{Kind: OtherModel, Model: "other"})
	if !b.Beside().Loading {
		t.Error("it is not loaded in the background")
	}
	b.besideDone()
	passes := len(mine.order())
	for _, s := range []Settings{
		{Mode: Tunable, Hole: 7, Luma: 1, Colour: 1},
		{Mode: Average, Hole: 7, Luma: 1, Colour: 1},
		{Mode: Fast, Hole: 7, Luma: 1, Colour: 1}, // another plan and other results
	} {
		b.SetSettings(s)
		b.besideDone()
		if got, want := b.companionGray(70, 70), fakeGray(s)+1; got != want {
			t.Errorf("in %v the other model is painted %d, want %d", s.Mode, got, want)
		}
		if got, want := b.after(70, 70), fakeGray(s); got != want {
			t.Errorf("in %v the result is %d, want %d", s.Mode, got, want)
		}
		if s.Mode != Fast && len(mine.order()) != passes {
			t.Errorf("in %v the network of the result ran again", s.Mode)
		}
	}
	if want := 2 * 8; len(other.order()) != want { // once for both modes of the teacher, once for Fast
		t.Errorf("the other network ran %d times, want %d", len(other.order()), want)
	}
	if b.preview.budget != b.beside.preview.budget || cacheOf(b.preview)+cacheOf(b.beside.preview) != int64(b.General().CacheMB)<<20 {
		t.Errorf("the budgets are %d and %d", b.preview.budget, b.beside.preview.budget)
	}
	b.SetCompanion(Companion{Kind: OtherHole, Hole: 1, Model: "other"})
	if b.Beside().Possible || len(b.beside.preview.results) > 0 || b.beside.picture != nil || !other.closed {
		t.Error("the other model is still there though a hole is compared")
	}
	if cacheOf(b.preview) != int64(b.General().CacheMB)<<20 {
		t.Error("the result's memory has not come back")
	}
}

func TestOtherModelFollowsThePhoto(t *testing.T) {
	other := tinted{&fakeNetwork{}}
	b, _ := rivals(t, other)
	b.SetCompanion(Companion{Kind: OtherModel, Model: "other"})
	b.besideDone()
	b.open(photoFile(t, fakeSide, fakeSide), image.Point{})
	b.besideDone()
	if size := b.CompanionPicture().Level(0).Rect.Size(); size != image.Pt(fakeSide, fakeSide) {
		t.Errorf("the companion has %v", size)
	}
	if got, want := b.companionGray(10, 10), fakeGray(b.Settings())+1; got != want {
		t.Errorf("it is painted %d, want %d", got, want)
	}
}

// The model that denoises may change while the other one stays.
func TestExchangingTheModelOfTheResult(t *testing.T) {
	b, _ := rivals(t, &fakeNetwork{})
	b.SetCompanion(Companion{Kind: OtherModel, Model: "other"})
	b.besideDone()
	picture := b.CompanionPicture()
	b.ChooseModel(1)
	b.loadedModel("other")
	b.besideDone()
	if b.CompanionPicture() != picture {
		t.Error("the companion was made anew")
	}
}

func TestOtherModelThatCannot(t *testing.T) {
	b, _ := rivals(t, &fakeNetwork{noFast: errors.New("no fast network")})
	b.SetCompanion(Companion{Kind: OtherModel, Model: "other"})
	b.besideDone()
	s := b.Settings()
	s.Mode = Fast
	b.SetSettings(s)
	b.complete()
	if problem := b.Beside().Problem; problem == nil || !strings.Contains(problem.Error(), "no fast network") || !b.Message().Text.Empty() {
		t.Errorf("it says %v, and to all %q", problem, b.Message().Text)
	}
	s.Mode = Tunable
	b.SetSettings(s)
	b.besideDone()
	if b.Beside().Problem != nil {
		t.Errorf("it goes on saying %v", b.Beside().Problem)
	}
	b.SetCompanion(Companion{Kind: OtherModel, Model: "nobody"})
	if problem := b.Beside().Problem; !errors.Is(problem, ErrUnknownModel) {
		t.Errorf("a model that is not there gives %v", problem)
	}
	b.SetCompanion(Companion{})
}

func TestOtherModelThatCannotBeLoaded(t *testing.T) {
	fails := errors.New("the file is damaged")
	bad := ModelChoice{Name: "bad", load: func(context.Context) (network, error) { return nil, fails }}
	b := newStage(t, Options{Models: []ModelChoice{choice("mine", &fakeNetwork{}), bad}})
	b.open(photoFile(t, fakeSide, fakeSide), image.Point{})
	b.SetCompanion(Companion{Kind: OtherModel, Model: "bad"})
	b.until("the problem", func() bool { return b.Beside().Problem != nil })
	if !errors.Is(b.Beside().Problem, fails) || b.Beside().Loading {
		t.Errorf("it says %+v", b.Beside())
	}
}
