// Calls through the table of kernels: cgo cannot call C function pointers.
#include "kernel.h"

static inline void bs_wino_pack(const bs_kernels *k, const bs_pack *p, float *packed, int first, int count) { k->wino_pack(p, packed, first, count); }
static inline void bs_narrow_pack(const bs_kernels *k, const bs_pack *p, float *packed, int first, int count) { k->narrow_pack(p, packed, first, count); }
static inline void bs_narrow_conv(const bs_kernels *k, const bs_conv *c, long first, long count) { k->narrow_conv(c, first, count); }
static inline void bs_direct_pack(const bs_kernels *k, const bs_pack *p, float *packed, int first, int count) { k->direct_pack(p, packed, first, count); }

// bs_wino_conv takes batches of tiles until none is left. Workers share `next`;
// one call from Go per worker and layer keeps Go's scheduler out of the way.
static inline void bs_wino_conv(const bs_kernels *k, const bs_conv *c, long *next, int workers, long batch, long tiles, float *s) {
  for (;;) {
    long first = __atomic_fetch_add(next, batch, __ATOMIC_RELAXED);
    if (first >= tiles) return;
    k->wino_conv(c, first, tiles - first < batch ? tiles - first : batch, first + workers * batch, tiles, s);
  }
}
static inline long bs_wino_conv_scratch(const bs_kernels *k, const bs_conv *c, long tiles) { return k->wino_conv_scratch(c, tiles); }
static inline void bs_phased_pack(const bs_kernels *k, const bs_pack *p, float *packed, int first, int count) { k->phased_pack(p, packed, first, count); }

// bs_phased_conv takes batches of tiles, parity after parity, until none is left.
static inline void bs_phased_conv(const bs_kernels *k, const bs_conv *c, long *next, long batch, long tiles, float *s) {
  long batches = (tiles + batch - 1) / batch;
  for (;;) {
    long item = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);
    if (item >= BS_PARITIES * batches) return;
    long first = item % batches * batch;
    k->phased_conv(c, (int)(item / batches), first, tiles - first < batch ? tiles - first : batch, s);
  }
}

// bs_phased_data takes batches of tiles until none is left.
static inline void bs_phased_data(const bs_kernels *k, const bs_conv *c, long *next, long batch, long tiles, float *s) {
  for (;;) {
    long first = __atomic_fetch_add(next, batch, __ATOMIC_RELAXED);
    if (first >= tiles) return;
    k->phased_data(c, first, tiles - first < batch ? tiles - first : batch, s);
  }
}
static inline long bs_phased_scratch(const bs_kernels *k, const bs_conv *c, long tiles) { return k->phased_scratch(c, tiles); }
static inline void bs_phased_weight_grad(const bs_kernels *k, const bs_weight_grad *g, int parity, long first, long count, float *du, float *db, float *s) { k->phased_weight_grad(g, parity, first, count, du, db, s); }
static inline long bs_phased_weight_grad_scratch(const bs_kernels *k, const bs_weight_grad *g) { return k->phased_weight_grad_scratch(g); }
static inline void bs_phased_unpack(const bs_kernels *k, const float *du, int parts, long stride, int channel, int kc, int nc, int first_row, int phase, float *taps) { k->phased_unpack(du, parts, stride, channel, kc, nc, first_row, phase, taps); }
static inline void bs_fold(const bs_kernels *k, const float *src, float *dst, int w, int channels, int y, int rows) { k->fold(src, dst, w, channels, y, rows); }
static inline void bs_direct_conv(const bs_kernels *k, const bs_conv *c, long first, long count, float *s) { k->direct_conv(c, first, count, s); }
static inline long bs_direct_conv_scratch(const bs_kernels *k, const bs_conv *c) { return k->direct_conv_scratch(c); }
static inline void bs_wino_weight_grad(const bs_kernels *k, const bs_weight_grad *g, long first, long count, float *du, float *db, float *s) { k->wino_weight_grad(g, first, count, du, db, s); }
static inline long bs_wino_weight_grad_scratch(const bs_kernels *k, const bs_weight_grad *g) { return k->wino_weight_grad_scratch(g); }
static inline void bs_wino_unpack(const bs_kernels *k, const float *du, int parts, long stride, int channel, int kc, int nc, float *taps) { k->wino_unpack(du, parts, stride, channel, kc, nc, taps); }
static inline void bs_direct_weight_grad(const bs_kernels *k, const bs_weight_grad *g, long first, long count, float *dw, float *db, float *s) { k->direct_weight_grad(g, first, count, dw, db, s); }
static inline long bs_direct_weight_grad_scratch(const bs_kernels *k, const bs_weight_grad *g) { return k->direct_weight_grad_scratch(g); }

// bs_head_forward takes rectangles of h rows and w columns until none is left.
static inline void bs_head_forward(const bs_kernels *k, const bs_head *d, long *next, int h, int w, float *s) {
  int down = (d->h + h - 1) / h, across = (d->w + w - 1) / w;
  for (;;) {
    long i = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);
    if (i >= (long)d->n * down * across) return;
    int y = (int)(i / across % down) * h, x = (int)(i % across) * w;
    k->head_forward(d, (int)(i / ((long)down * across)), y, x, d->h - y < h ? d->h - y : h, d->w - x < w ? d->w - x : w, s);
  }
}

static inline long bs_head_scratch(const bs_kernels *k, const bs_head *d, int h, int w) { return k->head_scratch(d, h, w); }
static inline void bs_head_backward(const bs_kernels *k, const bs_head_grad *g, int image, int y, int h, float *grads, float *s) { k->head_backward(g, image, y, h, grads, s); }
static inline long bs_head_backward_scratch(const bs_kernels *k, const bs_head_grad *g) { return k->head_backward_scratch(g); }
static inline void bs_pool(const bs_kernels *k, const float *src, float *dst, int h, int w, int blind) { k->pool(src, dst, h, w, blind); }
static inline void bs_pool_backward(const bs_kernels *k, const float *src, const float *grad, float *dst, int h, int w, int blind) { k->pool_backward(src, grad, dst, h, w, blind); }
static inline void bs_adam(const bs_kernels *k, float *w, const float *g, float *m, float *v, long n, float step, float b1, float b2, float eps, float c2) { k->adam(w, g, m, v, n, step, b1, b2, eps, c2); }
static inline void bs_ema(const bs_kernels *k, float *avg, const float *w, long n, float decay) { k->ema(avg, w, n, decay); }

// bs_texture_run takes the parts of the description as arguments: it holds the caller's memory. Without a noisy
// picture it is the estimate's residue that goes.
static inline void bs_texture_run(const bs_kernels *k, int h, int w, int channels, int bins, float threshold, float coarse, const float *curves, const float *shifts, const float *spectra, const float *noisy, const float *blind, float *out, float *s) {
  bs_texture t = {h, w, channels, bins, curves, shifts, spectra, threshold, coarse, 0, 3};
  if (noisy) k->texture(&t, noisy, blind, out, s);
  else k->residue(&t, blind, out, s);
}
static inline long bs_texture_scratch(const bs_kernels *k, int h, int w) {
  bs_texture t = {.h = h, .w = w};
  return k->texture_scratch(&t);
}
