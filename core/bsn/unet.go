package bsn

import (
	"context"
	"fmt"

	"blindspot/core/kernel"
)

// levels is the number of poolings: sides must be multiples of 2^levels.
const levels = 5

// sideUnit is what the sides of a picture must be multiples of.
const sideUnit = 1 << levels

// unet is the U-Net of both networks. In the teacher's trunk convolutions and
// pools are blind and dec1 ends in twice the width; in the student they are
// ordinary and dec1 ends in the picture's channels.
type unet struct {
	config Config
	blind  bool
	intro  *kernel.Conv3x3
	enc    [levels + 1]*kernel.Conv3x3 // enc1..enc6
	dec    [levels][2]*kernel.Conv3x3  // dec5..dec1
}

func newUnet(c Config, blind bool, last int) *unet {
	conv := func(out int, in ...int) *kernel.Conv3x3 { return kernel.NewConv3x3(in, out, blind, false) }
	w, wide := c.Width, 2*c.Width
	u := &unet{config: c, blind: blind, intro: conv(w, c.Channels)}
	for i := range u.enc {
		u.enc[i] = conv(w, w)
	}
	for j := range u.dec {
		below, skip, out := wide, w, wide
		if j == 0 {
			below = w
		}
		if j == levels-1 {
			skip, out = c.Channels, last
		}
		u.dec[j] = [2]*kernel.Conv3x3{conv(wide, below, skip), conv(out, wide)}
	}
	return u
}

// each visits the layers with their names.
func (u *unet) each(visit func(name string, c *kernel.Conv3x3)) {
	visit("unet.intro.conv", u.intro)
	for i, c := range u.enc {
		visit(fmt.Sprintf("unet.enc%d.conv1.conv", i+1), c)
	}
	for j := range u.dec {
		for i, c := range u.dec[j] {
			visit(fmt.Sprintf("unet.dec%d.conv%d.conv", levels-j, i+1), c)
		}
	}
}

func (u *unet) set(p *Params) {
	u.each(func(name string, c *kernel.Conv3x3) { c.Set(p.Get(name+".weight"), p.Get(name+".bias")) })
}

// activations are the U-Net's tensors for one batch shape. Level l has sides
// H/2^l × W/2^l.
type activations struct {
	x     *kernel.Tensor
	intro *kernel.Tensor                        // level 0
	enc   [levels]*kernel.Tensor                // enc1..enc5, level i
	pool  [levels]*kernel.Tensor                // their poolings, level i+1
	enc6  *kernel.Tensor                        // level 5
	dec   [levels][2]*kernel.Tensor             // dec5..dec1, levels 4..0
	grad  [levels]struct{ a, b *kernel.Tensor } // level l: before the activation of dec conv1, of dec conv2
	pools [levels]*kernel.Tensor                // gradients of pool
	enc6g *kernel.Tensor
}

// out is the tensor that the last convolution writes.
func (a *activations) out() *kernel.Tensor { return a.dec[levels-1][1] }

// newActivations takes the tensors from the arena. For training each has its
// own memory, and there are gradients; otherwise those of a level take turns.
func (u *unet) newActivations(arena *kernel.Arena, n, h, w int, training bool) *activations {
	width, wide, last := u.config.Width, 2*u.config.Width, u.dec[levels-1][1].Out
	take := func(c, level int) *kernel.Tensor { return arena.Tensor(n, c, h>>level, w>>level) }
	a := &activations{x: take(u.config.Channels, 0), enc6: take(width, levels)}
	for level := range levels {
		j, out := levels-1-level, wide
		if level == 0 {
			out = last
		}
		a.pool[level] = take(width, level+1)
		a.dec[j] = [2]*kernel.Tensor{take(wide, level), take(out, level)}
		narrow := func(t *kernel.Tensor) *kernel.Tensor { return t.As(n, width, t.H, t.W) }
		switch {
		case training:
			a.enc[level] = take(width, level)
		case level == 0: // intro and enc1 live at once; dec1 may be too narrow to hold one
			a.enc[0] = take(width, 0)
		default:
			a.enc[level] = narrow(a.dec[j][0])
		}
		if level == 0 {
			a.intro = take(width, 0)
			if !training {
				a.intro = narrow(a.dec[j][0])
			}
		}
		if training {
			a.grad[level].a, a.grad[level].b = take(wide, level), take(out, level)
			a.pools[level] = take(width, level+1)
		}
	}
	if training {
		a.enc6g = take(width, levels)
	}
	return a
}

// forward runs the U-Net on a.x.
func (u *unet) forward(ctx context.Context, p *kernel.Pool, a *activations) error {
	u.intro.Forward(p, a.intro, kernel.Source{Tensor: a.x})
	below := a.intro
	for i := range levels {
		if err := ctx.Err(); err != nil {
			return err
		}
		if a.enc6g != nil { // the backward pass looks for the maxima
			u.enc[i].Forward(p, a.enc[i], kernel.Source{Tensor: below})
			kernel.MaxPool(p, a.pool[i], a.enc[i], u.blind)
		} else {
			u.enc[i].ForwardPooled(p, a.pool[i], a.enc[i], kernel.Source{Tensor: below})
		}
		below = a.pool[i]
	}
	u.enc[levels].Forward(p, a.enc6, kernel.Source{Tensor: below})
	below = a.enc6
	for j := range u.dec {
		if err := ctx.Err(); err != nil {
			return err
		}
		u.dec[j][0].Forward(p, a.dec[j][0], kernel.Source{Tensor: below, Up: true}, kernel.Source{Tensor: a.skip(j)})
		u.dec[j][1].Forward(p, a.dec[j][1], kernel.Source{Tensor: a.dec[j][0]})
		below = a.dec[j][1]
	}
	return nil
}

// skip is what stage j of the decoder sees beside the upsampled features:
// pooled enc4, enc3, enc2, enc1, and the picture.
func (a *activations) skip(j int) *kernel.Tensor {
	if j == levels-1 {
		return a.x
	}
	return a.pool[levels-2-j]
}

// backward takes the gradient before the activation of the last convolution
// from a.grad[0].b and writes those of all weights.
func (u *unet) backward(ctx context.Context, p *kernel.Pool, a *activations, grad *Params) error {
	weights := func(name string, c *kernel.Conv3x3, dz *kernel.Tensor, src ...kernel.Source) {
		c.BackwardWeights(p, dz, grad.Get(name+".weight"), grad.Get(name+".bias"), src...)
	}
	for j := levels - 1; j >= 0; j-- {
		if err := ctx.Err(); err != nil {
			return err
		}
		u.backwardDecoder(p, a, j, weights)
	}
	weights("unet.enc6.conv1.conv", u.enc[levels], a.enc6g, kernel.Source{Tensor: a.pool[levels-1]})
	u.enc[levels].BackwardData(p, a.enc6g, kernel.Target{Tensor: a.pools[levels-1]})
	for i := levels - 1; i >= 0; i-- {
		if err := ctx.Err(); err != nil {
			return err
		}
		u.backwardEncoder(p, a, i, weights)
	}
	return nil
}

type weightGrad = func(name string, c *kernel.Conv3x3, dz *kernel.Tensor, src ...kernel.Source)

// backwardDecoder goes back through stage j: to the features below, before
// their activation, and to the pooled skip.
func (u *unet) backwardDecoder(p *kernel.Pool, a *activations, j int, weights weightGrad) {
	level := levels - 1 - j
	name := fmt.Sprintf("unet.dec%d.conv", levels-j)
	dz1, dz0 := a.grad[level].b, a.grad[level].a
	weights(name+"2.conv", u.dec[j][1], dz1, kernel.Source{Tensor: a.dec[j][0]})
	u.dec[j][1].BackwardData(p, dz1, kernel.Target{Tensor: dz0, Mask: a.dec[j][0]})

	below, gradient := a.enc6, a.enc6g
	if j > 0 {
		below, gradient = a.dec[j-1][1], a.grad[level+1].b
	}
	weights(name+"1.conv", u.dec[j][0], dz0, kernel.Source{Tensor: below, Up: true}, kernel.Source{Tensor: a.skip(j)})
	targets := []kernel.Target{{Tensor: gradient, Up: true, Mask: below}}
	if level > 0 {
		targets = append(targets, kernel.Target{Tensor: a.pools[level-1]})
	}
	u.dec[j][0].BackwardData(p, dz0, targets...)
}

// backwardEncoder goes back through enc(i+1): pool, convolution, and on to
// what it saw, the pool above or the intro. The skip's gradient is there already.
func (u *unet) backwardEncoder(p *kernel.Pool, a *activations, i int, weights weightGrad) {
	width := u.config.Width
	dz := a.grad[i].a.As(a.x.N, width, a.enc[i].H, a.enc[i].W)
	kernel.MaxPoolBackward(p, dz, a.enc[i], a.pools[i], u.blind)
	name := fmt.Sprintf("unet.enc%d.conv1.conv", i+1)
	if i > 0 {
		weights(name, u.enc[i], dz, kernel.Source{Tensor: a.pool[i-1]})
		u.enc[i].BackwardData(p, dz, kernel.Target{Tensor: a.pools[i-1], Accumulate: true})
		return
	}
	weights(name, u.enc[0], dz, kernel.Source{Tensor: a.intro})
	// The pooled enc1 has been read for the last time: its level-0 partner may
	// be overwritten by the intro's gradient.
	intro := a.enc[0]
	u.enc[0].BackwardData(p, dz, kernel.Target{Tensor: intro, Mask: a.intro})
	weights("unet.intro.conv", u.intro, intro, kernel.Source{Tensor: a.x})
}
