package bsn

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// As many holes as there is room for go through at once, and each gives what it gives alone. One more is refused in
// words, before the trunk has run.
func TestTooManyHolesAreRefused(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 71))
	p := NewTeacherParams(Config{8, 3})
	p.InitKaiming(rng)
	teacher := newTeacher(t, p, 2)
	x := picture(rng, 1, 3, 32, 32).dense()
	holes := []Hole{0}
	for k := Hole(1); k <= MaxHole; k += 2 {
		holes = append(holes, k)
	}
	if len(holes) != MaxHoles+1 {
		t.Fatalf("%d holes are valid, too few to be too many", len(holes))
	}
	passes := teacher.TrunkPasses()
	out, err := teacher.Forward(context.Background(), x, holes)
	if err == nil || out != nil || !strings.Contains(err.Error(), fmt.Sprint(MaxHoles)) {
		t.Errorf("%d holes gave %d results and the error %v", len(holes), len(out), err)
	}
	if teacher.TrunkPasses() != passes {
		t.Error("the trunk ran before the holes were counted")
	}
	together := teacher.mustForward(t, x, holes[:MaxHoles])
	for i, k := range holes[:MaxHoles] {
		if alone := teacher.mustForward(t, x, []Hole{k})[0]; !slices.Equal(widen(together[i]), widen(alone)) {
			t.Errorf("hole %v gives other values among %d holes than alone", k, MaxHoles)
		}
	}
}
