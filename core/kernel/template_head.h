// The teacher's head: three 1x1 convolutions behind the four rotations.
//
// A 1x1 convolution commutes with shift and rotation, so the first layer is
//
//	z1(hole) = bA + sum over r of shift_hole(Wr fr)
//
// and Wr fr is computed once for all holes of a rectangle of the picture
// (with a margin for the shifts); each hole then costs four shifted reads and
// the two small layers. Nothing of this size ever leaves the cache.

// FN(rect) is a rectangle of the unrotated picture; it may lie outside.
typedef struct { int y, x, h, w; } FN(rect);

// Rotation r shifted by s rows in its own frame moves content by +s rows (r=0),
// +s columns (r=1), -s rows (r=2), -s columns (r=3) of the unrotated picture.
INLINE int FN(step_y)(int r) { return r == 0 ? 1 : r == 2 ? -1 : 0; }
INLINE int FN(step_x)(int r) { return r == 1 ? 1 : r == 3 ? -1 : 0; }

// FN(view_pixel) is the offset in a view of the unrotated pixel (y, x).
INLINE long FN(view_pixel)(int rotation, int y, int x, int h, int w) {
  switch (rotation) {
  case 0: return ((long)y * w + x) * BS_LANES;
  case 1: return ((long)x * h + (h - 1 - y)) * BS_LANES;
  case 2: return ((long)(h - 1 - y) * w + (w - 1 - x)) * BS_LANES;
  default: return ((long)(w - 1 - x) * h + y) * BS_LANES;
  }
}

// FN(head_region) is where the unshifted features of rotation r are needed for
// the rectangle q and shifts s0..s1.
INLINE FN(rect) FN(head_region)(FN(rect) q, int r, int s0, int s1) {
  int dy = FN(step_y)(r), dx = FN(step_x)(r);
  q.y -= dy > 0 ? s1 : dy < 0 ? -s0 : 0;
  q.x -= dx > 0 ? s1 : dx < 0 ? -s0 : 0;
  q.h += dy ? s1 - s0 : 0;
  q.w += dx ? s1 - s0 : 0;
  return q;
}

INLINE void FN(shift_range)(const bs_head *d, int *s0, int *s1) {
  *s0 = *s1 = d->shift[0];
  for (int i = 1; i < d->holes; i++) {
    if (d->shift[i] < *s0) *s0 = d->shift[i];
    if (d->shift[i] > *s1) *s1 = d->shift[i];
  }
}

// FN(head_gather) copies one row of a view, turned upright, into
// out[features][columns][16], zeros outside the picture.
static void FN(head_gather)(const bs_head *d, const bs_view *v, int image, int y, int x, int columns, float *out, long block) {
  for (int i = 0; i < columns; i++) {
    int in = y >= 0 && y < d->h && x + i >= 0 && x + i < d->w;
    const float *p = v->data + image * v->image + (in ? FN(view_pixel)(v->rotation, y, x + i, d->h, d->w) : 0);
    for (int b = 0; b < d->features; b++) {
      if (in) memcpy(out + b * block + i * BS_LANES, p + b * v->block, BS_LANES * sizeof(float));
      else memset(out + b * block + i * BS_LANES, 0, BS_LANES * sizeof(float));
    }
  }
}

// FN(finish) adds the bias and applies LeakyReLU in place to rows of blocks.
static void FN(finish)(float *p, int blocks, long block, long pixels, const float *bias, float slope) {
  for (int b = 0; b < blocks; b++)
    for (int lane = 0; lane < BS_LANES; lane += VL) {
      VF add = FN(load)(bias + b * BS_LANES + lane);
      float *q = p + b * block + lane;
      for (long i = 0; i < pixels; i++) FN(store)(q + i * BS_LANES, FN(leaky)(FN(load)(q + i * BS_LANES) + add, slope));
    }
}

enum { FN(MAX_SHIFT) = 16 };

static long FN(head_scratch)(const bs_head *d, int h, int w) {
  int s0, s1;
  FN(shift_range)(d, &s0, &s1);
  long columns = FN(round_rows)(w + s1 - s0) * BS_LANES, wide = 4L * d->features;
  long products = 4 * wide * columns * (h + s1 - s0);
  return products + columns * (d->features + wide + d->mid + d->out);
}

// FN(head_products) fills g[rows][4*features][columns][16] with Wr fr of a region.
static void FN(head_products)(const bs_head *d, int r, int image, FN(rect) q, float *g, long block, float *row) {
  int wide = 4 * d->features;
  for (int y = 0; y < q.h; y++) {
    FN(head_gather)(d, &d->view[r], image, q.y + y, q.x, q.w, row, block);
    FN(gemm_a) a = {.data = row, .block = block, .blocks = d->features, .steps = BS_LANES};
    FN(multiply)(&a, FN(round_rows)(q.w), wide, d->wa[r], wide * BS_LANES, BS_LANES, g + (long)y * wide * block, BS_LANES, block, 0, d->wa[r]);
  }
}

// FN(head_sum) writes LeakyReLU(bA + the four shifted products) of one row.
static void FN(head_sum)(const bs_head *d, float *const *g, const FN(rect) *region, FN(rect) q, int y, int shift, long block, float *h1) {
  int wide = 4 * d->features;
  const float *row[4];
  for (int r = 0; r < 4; r++) {
    int sy = q.y + y - FN(step_y)(r) * shift - region[r].y, sx = q.x - FN(step_x)(r) * shift - region[r].x;
    row[r] = g[r] + (long)sy * wide * block + (long)sx * BS_LANES;
  }
  for (int b = 0; b < wide; b++)
    for (int lane = 0; lane < BS_LANES; lane += VL) {
      VF bias = FN(load)(d->ba + b * BS_LANES + lane);
      long at = b * block + lane;
      for (int x = 0; x < q.w; x++, at += BS_LANES) {
        VF z = (FN(load)(row[0] + at) + FN(load)(row[1] + at)) + (FN(load)(row[2] + at) + FN(load)(row[3] + at));
        FN(store)(h1 + at, FN(leaky)(z + bias, SLOPE));
      }
    }
}

// FN(copy_row) writes a row of blocks back into a tensor's planes.
static void FN(copy_row)(const float *from, long from_block, float *to, long to_block, int blocks, long pixels) {
  for (int b = 0; b < blocks; b++) memcpy(to + b * to_block, from + b * from_block, (size_t)pixels * BS_LANES * sizeof(float));
}

static void FN(head_forward)(const bs_head *d, int image, int y0, int x0, int h, int w, float *scratch) {
  int s0, s1, wide = 4 * d->features;
  FN(shift_range)(d, &s0, &s1);
  FN(rect) q = {y0, x0, h, w}, region[4];
  long block = FN(round_rows)(w + s1 - s0) * BS_LANES, size = (long)wide * block * (h + s1 - s0);
  float *g[4], *row = scratch + 4 * size, *h1 = row + d->features * block, *h2 = h1 + wide * block, *out = h2 + d->mid * block;
  for (int r = 0; r < 4; r++) {
    g[r] = scratch + r * size;
    region[r] = FN(head_region)(q, r, s0, s1);
    FN(head_products)(d, r, image, region[r], g[r], block, row);
  }
  long plane = (long)d->h * d->w * BS_LANES, pixels = FN(round_rows)(w);
  // All holes of a row see the same row of the products turned sideways.
  for (int y = 0; y < h; y++)
    for (int i = 0; i < d->holes; i++) {
      long at = ((long)(y0 + y) * d->w + x0) * BS_LANES;
      FN(head_sum)(d, g, region, q, y, d->shift[i], block, h1);
      FN(gemm_a) a = {.data = h1, .block = block, .blocks = wide, .steps = BS_LANES};
      FN(multiply)(&a, pixels, d->mid, d->wb, d->mid * BS_LANES, BS_LANES, h2, BS_LANES, block, 0, d->wb);
      FN(finish)(h2, d->mid, block, w, d->bb, SLOPE);
      FN(gemm_a) b = {.data = h2, .block = block, .blocks = d->mid, .steps = BS_LANES};
      FN(multiply)(&b, pixels, d->out, d->wc, d->out * BS_LANES, BS_LANES, out, BS_LANES, block, 0, d->wc);
      FN(finish)(out, d->out, block, w, d->bc, 1);
      FN(copy_row)(out, block, d->result[i] + image * d->out * plane + at, plane, d->out, w);
      if (d->h1) FN(copy_row)(h1, block, d->h1 + image * wide * plane + at, plane, wide, w);
      if (d->h2) FN(copy_row)(h2, block, d->h2 + image * d->mid * plane + at, plane, d->mid, w);
    }
}

static long FN(head_backward_scratch)(const bs_head_grad *g) {
  return FN(round_rows)(g->head.w) * BS_LANES * (g->head.features * 6L + g->head.mid + g->head.out);
}

// FN(mask_rows) multiplies rows of blocks by LeakyReLU'(y).
static void FN(mask_rows)(float *p, long block, const float *y, long y_block, int blocks, long pixels) {
  for (int b = 0; b < blocks; b++)
    for (long i = 0; i < pixels * BS_LANES; i += VL) {
      float *q = p + b * block + i;
      FN(store)(q, FN(leaky_grad)(FN(load)(y + b * y_block + i), FN(load)(q), SLOPE));
    }
}

static void FN(add_rows)(float *db, const float *p, long block, int blocks, long pixels) {
  for (int b = 0; b < blocks; b++)
    for (int lane = 0; lane < BS_LANES; lane += VL) {
      VF sum = FN(load)(db + b * BS_LANES + lane);
      for (long i = 0; i < pixels; i++) sum += FN(load)(p + b * block + i * BS_LANES + lane);
      FN(store)(db + b * BS_LANES + lane, sum);
    }
}

// FN(scatter) sends the gradient of one row of shifted features back to its
// view, through the features' activation. Pixels shifted in from outside have
// no source.
static void FN(scatter)(const bs_head *d, const bs_view *f, const bs_view *to, int image, int y, int shift, const float *row, long block) {
  int sy = y - FN(step_y)(f->rotation) * shift;
  if (sy < 0 || sy >= d->h) return;
  for (int x = 0; x < d->w; x++) {
    int sx = x - FN(step_x)(f->rotation) * shift;
    if (sx < 0 || sx >= d->w) continue;
    long p = FN(view_pixel)(f->rotation, sy, sx, d->h, d->w);
    for (int b = 0; b < d->features; b++)
      for (int lane = 0; lane < BS_LANES; lane += VL) {
        VF v = FN(leaky_grad)(FN(load)(f->data + image * f->image + b * f->block + p + lane), FN(load)(row + b * block + x * BS_LANES + lane), SLOPE);
        FN(store)(to->data + image * to->image + b * to->block + p + lane, v);
      }
  }
}

// FN(head_backward) handles h whole rows of one image. grads holds, one after
// another: dWa[4][features*16][wide*16], dWb[wide*16][mid*16], dWc[mid*16][out*16],
// dba, dbb, dbc; the rows' share is added. The feature gradients (grad[]) must
// be zero before.
static void FN(head_backward)(const bs_head_grad *g, int image, int y0, int h, float *grads, float *scratch) {
  const bs_head *d = &g->head;
  int wide = 4 * d->features, w = d->w;
  long block = FN(round_rows)(w) * BS_LANES, plane = (long)d->h * w * BS_LANES, rows = FN(round_rows)(w);
  long size_a = (long)d->features * BS_LANES * wide * BS_LANES;
  float *dwb = grads + 4 * size_a, *dwc = dwb + (long)wide * BS_LANES * d->mid * BS_LANES;
  float *dba = dwc + (long)d->mid * BS_LANES * d->out * BS_LANES, *dbb = dba + wide * BS_LANES, *dbc = dbb + d->mid * BS_LANES;
  float *d3 = scratch, *d2 = d3 + d->out * block, *d1 = d2 + d->mid * block, *feature = d1 + wide * block;
  float *df = feature + d->features * block;
  for (int y = y0; y < y0 + h; y++) {
    long at = (long)y * w * BS_LANES;
    const float *h1 = d->h1 + image * wide * plane + at, *h2 = d->h2 + image * d->mid * plane + at;
    // A copy, since the product reads whole groups of MR pixels.
    FN(copy_row)(g->d3 + image * d->out * plane + at, plane, d3, block, d->out, w);
    FN(add_rows)(dbc, d3, block, d->out, w);
    for (int b = 0; b < d->mid; b++)
      FN(multiply_transposed)(h2 + b * plane, w, d->out, d3, block, dwc + (long)b * BS_LANES * d->out * BS_LANES, d->out * BS_LANES, BS_LANES);
    FN(gemm_a) a3 = {.data = d3, .block = block, .blocks = d->out, .steps = BS_LANES};
    FN(multiply)(&a3, rows, d->mid, g->wct, d->mid * BS_LANES, BS_LANES, d2, BS_LANES, block, 0, g->wct);
    FN(mask_rows)(d2, block, h2, plane, d->mid, w);
    FN(add_rows)(dbb, d2, block, d->mid, w);
    for (int b = 0; b < wide; b++)
      FN(multiply_transposed)(h1 + b * plane, w, d->mid, d2, block, dwb + (long)b * BS_LANES * d->mid * BS_LANES, d->mid * BS_LANES, BS_LANES);
    FN(gemm_a) a2 = {.data = d2, .block = block, .blocks = d->mid, .steps = BS_LANES};
    FN(multiply)(&a2, rows, wide, g->wbt, wide * BS_LANES, BS_LANES, d1, BS_LANES, block, 0, g->wbt);
    FN(mask_rows)(d1, block, h1, plane, wide, w);
    FN(add_rows)(dba, d1, block, wide, w);
    FN(gemm_a) a1 = {.data = d1, .block = block, .blocks = wide, .steps = BS_LANES};
    for (int r = 0; r < 4; r++) {
      int sy = y - FN(step_y)(r) * d->shift[0], sx = -FN(step_x)(r) * d->shift[0];
      FN(head_gather)(d, &d->view[r], image, sy, sx, w, feature, block);
      for (int b = 0; b < d->features; b++)
        FN(multiply_transposed)(feature + b * block, w, wide, d1, block, grads + r * size_a + (long)b * BS_LANES * wide * BS_LANES, wide * BS_LANES, BS_LANES);
      FN(multiply)(&a1, rows, d->features, g->wat[r], d->features * BS_LANES, BS_LANES, df, BS_LANES, block, 0, g->wat[r]);
      FN(scatter)(d, &d->view[r], &g->grad[r], image, y, d->shift[0], df, block);
    }
  }
}
