package bsn

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"blindspot/core/kernel"

	"gorgonia.org/tensor"
)

// randomPictures are N×3×H×W values 0..255 by a fixed seed.
func randomPictures(n, h, w int) *tensor.Dense {
	rng := rand.New(rand.NewPCG(1, 2))
	v := make([]float32, n*3*h*w)
	for i := range v {
		v[i] = 255 * rng.Float32()
	}
	return tensor.New(tensor.WithShape(n, 3, h, w), tensor.WithBacking(v))
}

// BenchmarkNetwork times the network at width 48 with one worker and two.
func BenchmarkNetwork(b *testing.B) {
	ctx := context.Background()
	for _, threads := range []int{1, 2} {
		pool := kernel.NewPool(threads)
		rng := rand.New(rand.NewPCG(1, 2))
		tp, sp := NewTeacherParams(DefaultConfig()), NewStudentParams(DefaultConfig())
		tp.InitKaiming(rng)
		sp.InitKaiming(rng)
		teacher, err := NewTeacher(tp, pool)
		if err != nil {
			b.Fatal(err)
		}
		student, err := NewStudent(sp, pool)
		if err != nil {
			b.Fatal(err)
		}
		run := func(name string, do func() error) {
			b.Run(fmt.Sprintf("%s/threads=%d", name, threads), func(b *testing.B) {
				if err := do(); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if err := do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		large, small, patches := randomPictures(1, 512, 512), randomPictures(1, 256, 256), randomPictures(4, 128, 128)
		run("Student512", func() error { _, err := student.Forward(ctx, large); return err })
		run("Teacher256", func() error { _, err := teacher.Forward(ctx, small, []Hole{3}); return err })
		run("Holes256", func() error { _, err := teacher.Forward(ctx, small, Stops()); return err })
		run("TeacherGradient128", func() error {
			_, err := teacher.Gradient(ctx, patches, patches, 9, NewTeacherParams(DefaultConfig()))
			return err
		})
		run("StudentGradient128", func() error {
			_, err := student.Gradient(ctx, patches, []*tensor.Dense{patches}, NewStudentParams(DefaultConfig()))
			return err
		})
	}
}
