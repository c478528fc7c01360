// Winograd F(4x4,3x3) (Lavin & Gray, "Fast Algorithms for Convolutional Neural
// Networks", CVPR 2016): forward pass and data gradient of a 3x3 convolution,
// through 36 small matrix products per batch of tiles.
//
//	Y = At [ (G g Gt) . (Bt d B) ] A        one 4x4 output tile, d is 6x6
//
// The points are 0, 1, -1, 2, -2 and infinity. template_phased.h computes 2x2
// taps from tiles of 5x5 with the points 0, 1, -1, 2 and infinity: `side`, a
// constant 6 or 5, tells the two apart.
//
// Upsampling, concatenation, the blind shift and the picture's edge are
// addresses in the input transform.

// FN(AHEAD) is how many tiles before its turn a tile's pixels are asked for.
enum { FN(AHEAD) = 2 };

// MAX_BATCH bounds the tiles of a batch.
enum { FN(MAX_BATCH) = 64, FN(GRAD_BATCH) = 48, FN(GRAD_CHUNK) = 3 };

// FN(apart) is the distance of the 36 matrices of a batch, `size` floats each.
// The odd number of cache lines keeps them out of each other's cache sets.
INLINE long FN(apart)(long size) { return (size / BS_LANES | 1) * BS_LANES; }

INLINE long FN(round_rows)(long rows) { return (rows + MR - 1) / MR * MR; }

typedef struct { int image, y, x; } FN(tile);

INLINE FN(tile) FN(tile_at)(long index, int h, int w) {
  int tx = (w + 3) / 4, ty = (h + 3) / 4;
  FN(tile) t = {.image = (int)(index / ((long)tx * ty)), .y = (int)(index / tx % ty) * 4, .x = (int)(index % tx) * 4};
  return t;
}

// FN(grid) says where the rows and columns that tiles count stand in a source:
// pixel (y, x) of h x w is at (y>>up)*row + (x>>up)*column floats.
typedef struct {
  int h, w, up;
  long row, column;
} FN(grid);

// FN(gather_offsets) finds the side x side input pixels of a tile, -1 outside the
// picture. It returns 1 when none is outside.
INLINE int FN(gather_offsets)(const int side, long *off, int y0, int x0, FN(grid) g) {
  int inside = 1;
  for (int i = 0; i < side; i++)
    for (int j = 0; j < side; j++) {
      int y = y0 + i, x = x0 + j;
      int in = y >= 0 && y < g.h && x >= 0 && x < g.w;
      off[i * side + j] = in ? (y >> g.up) * g.row + (x >> g.up) * g.column : -1;
      inside &= in;
    }
  return inside;
}

INLINE void FN(bt)(const int side, VF *d) {
  VF d0 = d[0], d1 = d[1], d2 = d[2], d3 = d[3], d4 = d[4];
  if (side == 5) {
    VF e = d3 - d1;
    d[0] = 2.0f * (d0 - d2) + e;
    d[1] = (d3 - d2) - 2.0f * d1;
    d[2] = 2.0f * d1 - 3.0f * d2 + d3;
    d[3] = e;
    d[4] = (d4 - d2) - 2.0f * e;
    return;
  }
  VF d5 = d[5];
  d[0] = 4.0f * d0 - 5.0f * d2 + d4;
  VF a = d4 - 4.0f * d2, b = d3 - 4.0f * d1;
  d[1] = a + b;
  d[2] = a - b;
  VF c = d4 - d2, e = 2.0f * (d3 - d1);
  d[3] = c + e;
  d[4] = c - e;
  d[5] = 4.0f * d1 - 5.0f * d3 + d5;
}

// FN(transform_input) writes Bt d B of one block of one tile, side*side vectors `stride` apart.
INLINE void FN(transform_input)(const int side, const float *base, const long *off, int inside, float *v, long stride) {
  for (int lane = 0; lane < BS_LANES; lane += VL) {
    VF t[6][6];
#pragma GCC unroll 6
    for (int j = 0; j < side; j++) {
      VF d[6];
      if (inside) {
#pragma GCC unroll 6
        for (int i = 0; i < side; i++) d[i] = FN(load)(base + off[i * side + j] + lane);
      } else {
        for (int i = 0; i < side; i++) d[i] = off[i * side + j] < 0 ? (VF){0} : FN(load)(base + off[i * side + j] + lane);
      }
      FN(bt)(side, d);
#pragma GCC unroll 6
      for (int i = 0; i < side; i++) t[i][j] = d[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < side; i++) {
      FN(bt)(side, t[i]);
#pragma GCC unroll 6
      for (int j = 0; j < side; j++) FN(store)(v + (i * side + j) * stride + lane, t[i][j]);
    }
  }
}

// FN(locations) holds where the tiles of a batch lie in one source.
typedef struct {
  long image[FN(MAX_BATCH)], off[FN(MAX_BATCH)][BS_TRANSFORM];
  int inside[FN(MAX_BATCH)];
} FN(locations);

// FN(prefetch_tile) asks for the four columns that the tile before did not read.
INLINE void FN(prefetch_tile)(const int side, const float *base, const long *off, int inside) {
  if (!inside) return;
#pragma GCC unroll 6
  for (int i = 0; i < side; i++)
#pragma GCC unroll 4
    for (int j = side - 4; j < side; j++) __builtin_prefetch(base + off[i * side + j]);
}

// FN(gather) transforms `tiles` tiles of the source's blocks [b0,b1) into
// v[side*side][b1-b0][rows][16]; tile (0, 0) begins at (y0, x0). It walks along a
// block before it takes the next, so that the processor reads a few long streams.
INLINE void FN(gather)(const int side, const bs_source *s, FN(grid) g, int y0, int x0, long first, long tiles, int b0, int b1,
                       float *v, long stride, long rows) {
  FN(locations) at;
  for (long t = 0; t < tiles; t++) {
    FN(tile) tile = FN(tile_at)(first + t, g.h, g.w);
    at.image[t] = tile.image * s->image;
    at.inside[t] = FN(gather_offsets)(side, at.off[t], tile.y + y0, tile.x + x0, g);
  }
  for (int b = b0; b < b1; b++)
    for (long t = 0; t < tiles; t++) {
      long soon = t + FN(AHEAD) < tiles ? t + FN(AHEAD) : t + FN(AHEAD) - tiles;
      int of = b + (t + FN(AHEAD) >= tiles);
      if (of < b1 && soon < tiles) FN(prefetch_tile)(side, s->data + at.image[soon] + of * s->block, at.off[soon], at.inside[soon]);
      FN(transform_input)(side, s->data + at.image[t] + b * s->block, at.off[t], at.inside[t],
                          v + (b - b0) * rows * BS_LANES + t * BS_LANES, stride);
    }
}

enum { FN(SIDE) = 5 };

INLINE FN(grid) FN(plain_grid)(int h, int w, int up) {
  FN(grid) g = {h, w, up, (long)(w >> up) * BS_LANES, BS_LANES};
  return g;
}

// FN(gather_small) and FN(gather_batch) are functions of their own, because FN(gather) is large and used often.
static __attribute__((noinline)) void FN(gather_small)(const bs_source *s, FN(grid) g, int y0, int x0, long first, long tiles,
                                                       int b0, int b1, float *v, long stride, long rows) {
  FN(gather)(FN(SIDE), s, g, y0, x0, first, tiles, b0, b1, v, stride, rows);
}

static void FN(gather_batch)(const bs_source *s, int first_row, int h, int w, long first, long tiles, int b0, int b1,
                             float *v, long stride, long rows) {
  FN(gather)(6, s, FN(plain_grid)(h, w, s->up), first_row, -1, first, tiles, b0, b1, v, stride, rows);
}

INLINE void FN(at)(const int side, const VF *m, VF *y) {
  if (side == 5) {
    VF a = m[1] + m[2], b = m[1] - m[2];
    y[0] = m[0] + a + m[3];
    y[1] = b + 2.0f * m[3];
    y[2] = a + 4.0f * m[3];
    y[3] = b + 8.0f * m[3] + m[4];
    return;
  }
  VF a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];
  y[0] = m[0] + a + c;
  y[1] = b + 2.0f * d;
  y[2] = a + 4.0f * c;
  y[3] = b + 8.0f * d + m[5];
}

INLINE void FN(write_pixel)(const bs_target *t, float *p, VF v) {
  if (t->accumulate) v += FN(load)(p);
  if (t->mask) v = FN(leaky_grad)(FN(load)(t->mask + (p - t->data)), v, SLOPE);
  if (t->stream) FN(stream)(p, v);
  else FN(store)(p, v);
}

INLINE VF FN(max)(VF a, VF b) {
  VI greater = b > a;
  return (VF)((greater & (VI)b) | (~greater & (VI)a));
}

// FN(write_pooled) writes the maxima of a tile's four 2x2 squares. A blind tile
// begins one row higher than its place says; the row above the picture counts
// as zeros.
INLINE void FN(write_pooled)(const bs_target *t, float *plane, FN(tile) at, int w, int lane, VF y[4][4]) {
  if (t->pool == 2 && at.y == 0)
    for (int j = 0; j < 4; j++) y[0][j] = (VF){0};
#pragma GCC unroll 2
  for (int i = 0; i < 2; i++)
#pragma GCC unroll 2
    for (int j = 0; j < 2; j++) {
      VF top = FN(max)(y[2 * i][2 * j], y[2 * i][2 * j + 1]), bottom = FN(max)(y[2 * i + 1][2 * j], y[2 * i + 1][2 * j + 1]);
      FN(store)(plane + ((long)(at.y / 2 + i) * (w / 2) + at.x / 2 + j) * BS_LANES + lane, FN(max)(top, bottom));
    }
}

// FN(write_tile) writes a 4x4 result, or its 2x2 sums, where the picture has pixels.
INLINE void FN(write_tile)(const bs_target *t, float *plane, FN(tile) at, int h, int w, int lane, VF y[4][4]) {
  int rows = h - at.y < 4 ? h - at.y : 4, columns = w - at.x < 4 ? w - at.x : 4;
  if (t->up) {
    for (int i = 0; i < rows; i += 2)
      for (int j = 0; j < columns; j += 2) {
        VF sum = (y[i][j] + y[i][j + 1]) + (y[i + 1][j] + y[i + 1][j + 1]);
        FN(write_pixel)(t, plane + ((long)((at.y + i) >> 1) * (w >> 1) + ((at.x + j) >> 1)) * BS_LANES + lane, sum);
      }
    return;
  }
  float *p = plane + ((long)at.y * w + at.x) * BS_LANES + lane;
  if (rows == 4 && columns == 4 && !t->accumulate && !t->mask) {
    if (t->stream) {
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++)
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) FN(stream)(p + ((long)i * w + j) * BS_LANES, y[i][j]);
      return;
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
#pragma GCC unroll 4
      for (int j = 0; j < 4; j++) FN(store)(p + ((long)i * w + j) * BS_LANES, y[i][j]);
    return;
  }
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) FN(write_pixel)(t, p + ((long)i * w + j) * BS_LANES, y[i][j]);
}

// FN(transform_result) computes At m A of one block of one tile, and the bias and activation.
INLINE void FN(transform_result)(const int side, const bs_conv *c, int block, const float *m, long stride, int lane, VF y[4][4]) {
  VF s[4][6];
#pragma GCC unroll 6
  for (int j = 0; j < side; j++) {
    VF column[6], out[4];
#pragma GCC unroll 6
    for (int i = 0; i < side; i++) column[i] = FN(load)(m + (i * side + j) * stride + lane);
    FN(at)(side, column, out);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) s[i][j] = out[i];
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) FN(at)(side, s[i], y[i]);
  if (!c->bias) return;
  VF bias = FN(load)(c->bias + block * BS_LANES + lane);
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) y[i][j] = FN(leaky)(y[i][j] + bias, c->slope);
}

INLINE void FN(transform_output)(const bs_conv *c, const bs_target *t, int block, const float *m, long stride, FN(tile) at,
                                 float *plane) {
  for (int lane = 0; lane < BS_LANES; lane += VL) {
    VF y[4][4];
    FN(transform_result)(6, c, block, m, stride, lane, y);
    if (t->pool) FN(write_pooled)(t, plane, at, c->w, lane, y);
    else FN(write_tile)(t, plane, at, c->h, c->w, lane, y);
  }
}

// FN(depths) lists the channels in use of every block of the concatenated
// sources and returns the number of blocks.
INLINE int FN(depths)(int sources, const bs_source *source, int *depth) {
  int n = 0;
  for (int s = 0; s < sources; s++)
    for (int b = 0; b < source[s].blocks; b++) {
      int left = source[s].channels - b * BS_LANES;
      depth[n++] = left < BS_LANES ? left : BS_LANES;
    }
  return n;
}

INLINE int FN(source_blocks)(int sources, const bs_source *source) {
  int n = 0;
  for (int s = 0; s < sources; s++) n += source[s].blocks;
  return n;
}

INLINE int FN(target_blocks)(const bs_conv *c) {
  int n = 0;
  for (int t = 0; t < c->targets; t++) n += c->target[t].blocks;
  return n;
}

enum { FN(MAX_BLOCKS) = 64 };

static long FN(wino_conv_scratch)(const bs_conv *c, long tiles) {
  long block = FN(round_rows)(tiles) * BS_LANES;
  return BS_TRANSFORM * (FN(apart)(FN(source_blocks)(c->sources, c->source) * block) + FN(apart)(FN(target_blocks)(c) * block));
}

// FN(prefetch_soon) asks for the pixels of a tile that this worker will probably
// transform in its next batch: far away in memory, and the matrix products of
// this batch leave the memory idle.
static void FN(prefetch_soon)(const bs_conv *c, int first_row, long index, long tiles) {
  if (index >= tiles) return;
  FN(tile) at = FN(tile_at)(index, c->h, c->w);
  for (int n = 0; n < c->sources; n++) {
    const bs_source *s = &c->source[n];
    for (int i = 0; i < 6; i += 1 + s->up) {
      int y = at.y + first_row + i;
      if (y < 0 || y >= c->h) continue;
      const float *p = s->data + at.image * s->image + ((long)(y >> s->up) * (c->w >> s->up) + (at.x >> s->up)) * BS_LANES;
      for (int b = 0; b < s->blocks; b++)
        for (int j = 0; j < 4 >> s->up; j++) __builtin_prefetch(p + b * s->block + j * BS_LANES, 0, 2);
    }
  }
}

static void FN(wino_conv)(const bs_conv *c, long first, long tiles, long soon, long all, float *scratch) {
  int depth[FN(MAX_BLOCKS)];
  int kb = FN(depths)(c->sources, c->source, depth), nb = FN(target_blocks)(c);
  long rows = FN(round_rows)(tiles), block = rows * BS_LANES;
  long v_stride = FN(apart)(kb * block), m_stride = FN(apart)(nb * block);
  float *v = scratch, *m = scratch + BS_TRANSFORM * v_stride;
  float *at = v;
  int first_row = c->first_row - (c->target[0].pool == 2);
  for (int s = 0; s < c->sources; at += c->source[s].blocks * block, s++)
    FN(gather_batch)(&c->source[s], first_row, c->h, c->w, first, tiles, 0, c->source[s].blocks, at, v_stride, rows);
  for (int xi = 0; xi < BS_TRANSFORM; xi++) {
    for (long t = tiles * xi / BS_TRANSFORM; t < tiles * (xi + 1) / BS_TRANSFORM; t++) FN(prefetch_soon)(c, first_row, soon + t, all);
    FN(gemm_a) a = {.data = v + xi * v_stride, .block = block, .blocks = kb, .depth = depth};
    const float *u = c->weights + (long)xi * kb * BS_LANES * c->ld;
    FN(multiply)(&a, rows, nb, u, c->ld, BS_LANES, m + xi * m_stride, BS_LANES, block, 0, u + (long)kb * BS_LANES * c->ld);
  }
  for (int i = 0, out = 0; i < c->targets; i++) {
    const bs_target *target = &c->target[i];
    for (int b = 0; b < target->blocks; b++, out++)
      for (long t = 0; t < tiles; t++) {
        FN(tile) where = FN(tile_at)(first + t, c->h, c->w);
        FN(transform_output)(c, target, out, m + out * block + t * BS_LANES, m_stride, where,
                             target->data + where.image * target->image + b * target->block);
      }
  }
  FN(drain)();
}
