// Winograd F(4x4,3x3) (Lavin & Gray, "Fast Algorithms for Convolutional Neural
// Networks", CVPR 2016): forward, data gradient and weight gradient of a 3x3
// convolution, through 36 small matrix products per batch of tiles.
//
//	Y = At [ (G g Gt) . (Bt d B) ] A        one 4x4 output tile, d is 6x6
//	dg = Gt [ (Bt d B) . (A dY At) ] G      its weight gradient
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

// FN(gather_offsets) finds the 36 input pixels of a tile, -1 outside the picture.
// It returns 1 when none is outside.
INLINE int FN(gather_offsets)(long *off, int y0, int x0, int h, int w, int up) {
  int inside = 1;
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++) {
      int y = y0 + i, x = x0 + j;
      int in = y >= 0 && y < h && x >= 0 && x < w;
      off[i * 6 + j] = in ? ((long)(y >> up) * (w >> up) + (x >> up)) * BS_LANES : -1;
      inside &= in;
    }
  return inside;
}

INLINE void FN(bt)(VF *d) {
  VF d0 = d[0], d1 = d[1], d2 = d[2], d3 = d[3], d4 = d[4], d5 = d[5];
  d[0] = 4.0f * d0 - 5.0f * d2 + d4;
  VF a = d4 - 4.0f * d2, b = d3 - 4.0f * d1;
  d[1] = a + b;
  d[2] = a - b;
  VF c = d4 - d2, e = 2.0f * (d3 - d1);
  d[3] = c + e;
  d[4] = c - e;
  d[5] = 4.0f * d1 - 5.0f * d3 + d5;
}

// FN(transform_input) writes Bt d B of one block of one tile, 36 vectors `stride` apart.
INLINE void FN(transform_input)(const float *base, const long *off, int inside, float *v, long stride) {
  for (int lane = 0; lane < BS_LANES; lane += VL) {
    VF t[6][6];
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
      VF d[6];
      if (inside) {
#pragma GCC unroll 6
        for (int i = 0; i < 6; i++) d[i] = FN(load)(base + off[i * 6 + j] + lane);
      } else {
        for (int i = 0; i < 6; i++) d[i] = off[i * 6 + j] < 0 ? (VF){0} : FN(load)(base + off[i * 6 + j] + lane);
      }
      FN(bt)(d);
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++) t[i][j] = d[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
      FN(bt)(t[i]);
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++) FN(store)(v + (i * 6 + j) * stride + lane, t[i][j]);
    }
  }
}

// FN(locations) holds where the tiles of a batch lie in one source.
typedef struct {
  long image[FN(MAX_BATCH)], off[FN(MAX_BATCH)][BS_TRANSFORM];
  int inside[FN(MAX_BATCH)];
} FN(locations);

// FN(prefetch_tile) asks for the four columns that the tile before did not read.
INLINE void FN(prefetch_tile)(const float *base, const long *off, int inside) {
  if (!inside) return;
#pragma GCC unroll 6
  for (int i = 0; i < 6; i++)
#pragma GCC unroll 4
    for (int j = 2; j < 6; j++) __builtin_prefetch(base + off[i * 6 + j]);
}

// FN(gather_batch) transforms `tiles` tiles of the source's blocks [b0,b1) into
// v[36][b1-b0][rows][16]. It walks along a block before it takes the next, so
// that the processor reads a few long streams.
static void FN(gather_batch)(const bs_source *s, int first_row, int h, int w, long first, long tiles, int b0, int b1,
                             float *v, long stride, long rows) {
  FN(locations) at;
  for (long t = 0; t < tiles; t++) {
    FN(tile) tile = FN(tile_at)(first + t, h, w);
    at.image[t] = tile.image * s->image;
    at.inside[t] = FN(gather_offsets)(at.off[t], tile.y + first_row, tile.x - 1, h, w, s->up);
  }
  for (int b = b0; b < b1; b++)
    for (long t = 0; t < tiles; t++) {
      if (t + FN(AHEAD) < tiles) FN(prefetch_tile)(s->data + at.image[t + FN(AHEAD)] + b * s->block, at.off[t + FN(AHEAD)], at.inside[t + FN(AHEAD)]);
      FN(transform_input)(s->data + at.image[t] + b * s->block, at.off[t], at.inside[t],
                          v + (b - b0) * rows * BS_LANES + t * BS_LANES, stride);
    }
}

INLINE void FN(at)(const VF *m, VF *y) {
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

INLINE void FN(transform_output)(const bs_conv *c, const bs_target *t, int block, const float *m, long stride, FN(tile) at,
                                 float *plane) {
  for (int lane = 0; lane < BS_LANES; lane += VL) {
    VF s[4][6], y[4][4];
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
      VF column[6], out[4];
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++) column[i] = FN(load)(m + (i * 6 + j) * stride + lane);
      FN(at)(column, out);
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) s[i][j] = out[i];
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) FN(at)(s[i], y[i]);
    if (c->bias) {
      VF bias = FN(load)(c->bias + block * BS_LANES + lane);
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++)
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) y[i][j] = FN(leaky)(y[i][j] + bias, c->slope);
    }
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

static void FN(wino_conv)(const bs_conv *c, long first, long tiles, float *scratch) {
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
    FN(gemm_a) a = {.data = v + xi * v_stride, .block = block, .blocks = kb, .depth = depth};
    FN(multiply)(&a, rows, nb, c->weights + (long)xi * kb * BS_LANES * c->ld, c->ld, BS_LANES, m + xi * m_stride, BS_LANES, block, 0);
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

// FN(transform_grad) writes A dY At of one block of one tile and adds dY to db.
INLINE void FN(expand)(const VF *y, VF *m) {
  VF a = y[0] + y[2], b = y[1] + y[3], c = y[0] + 4.0f * y[2], d = 2.0f * y[1] + 8.0f * y[3];
  m[0] = y[0];
  m[1] = a + b;
  m[2] = a - b;
  m[3] = c + d;
  m[4] = c - d;
  m[5] = y[3];
}

INLINE void FN(transform_grad)(const float *plane, FN(tile) at, int h, int w, float *v, long stride, float *db) {
  for (int lane = 0; lane < BS_LANES; lane += VL) {
    VF s[6][4], sum = FN(load)(db + lane);
    const float *p = plane + ((long)at.y * w + at.x) * BS_LANES + lane;
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
      VF y[4], out[6];
      for (int i = 0; i < 4; i++) {
        int in = at.y + i < h && at.x + j < w;
        y[i] = in ? FN(load)(p + ((long)i * w + j) * BS_LANES) : (VF){0};
        sum += y[i];
      }
      FN(expand)(y, out);
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++) s[i][j] = out[i];
    }
    FN(store)(db + lane, sum);
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
      VF out[6];
      FN(expand)(s[i], out);
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++) FN(store)(v + (i * 6 + j) * stride + lane, out[j]);
    }
  }
}

static long FN(wino_weight_grad_scratch)(const bs_weight_grad *g) {
  long block = FN(GRAD_BATCH) * BS_LANES;
  return BS_TRANSFORM * (FN(apart)(g->dz.blocks * block) + FN(apart)(FN(GRAD_CHUNK) * block));
}

// FN(wino_weight_grad) adds the tiles' share to du[36][kblocks*16][nblocks*16]
// and db[nblocks*16]. The gradient's transform stays in the cache while the
// input passes by in chunks of three blocks.
static void FN(wino_weight_grad)(const bs_weight_grad *g, long first, long tiles, float *du, float *db, float *scratch) {
  int nb = g->dz.blocks, kb = FN(source_blocks)(g->sources, g->source);
  long ld = (long)nb * BS_LANES;
  for (long done = 0; done < tiles; done += FN(GRAD_BATCH)) {
    long count = tiles - done < FN(GRAD_BATCH) ? tiles - done : FN(GRAD_BATCH), block = count * BS_LANES;
    long m_stride = FN(apart)(nb * block), v_stride = FN(apart)(FN(GRAD_CHUNK) * block);
    float *dm = scratch, *v = scratch + BS_TRANSFORM * m_stride;
    for (int b = 0; b < nb; b++)
      for (long t = 0; t < count; t++) {
        FN(tile) at = FN(tile_at)(first + done + t, g->h, g->w);
        FN(transform_grad)(g->dz.data + at.image * g->dz.image + b * g->dz.block, at, g->h, g->w,
                           dm + b * block + t * BS_LANES, m_stride, db + b * BS_LANES);
      }
    int k = 0;
    for (int s = 0; s < g->sources; s++)
      for (int b0 = 0; b0 < g->source[s].blocks; b0 += FN(GRAD_CHUNK)) {
        int b1 = b0 + FN(GRAD_CHUNK) < g->source[s].blocks ? b0 + FN(GRAD_CHUNK) : g->source[s].blocks;
        FN(gather_batch)(&g->source[s], g->first_row, g->h, g->w, first + done, count, b0, b1, v, v_stride, count);
        for (int xi = 0; xi < BS_TRANSFORM; xi++)
          for (int b = b0; b < b1; b++)
            FN(multiply_transposed)(v + xi * v_stride + (b - b0) * block, (int)count, nb, dm + xi * m_stride, block,
                                    du + ((long)xi * kb + k + b - b0) * BS_LANES * ld, ld, BS_LANES);
        k += b1 - b0;
      }
  }
}

static const double FN(G)[6][3] = {{1.0 / 4, 0, 0},
                                   {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                   {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                   {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                   {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                   {0, 0, 1}};

INLINE void FN(read_taps)(const bs_pack *p, int k, int n, float taps[9]) {
  int kc = p->k_map[k], nc = p->n_map[n];
  for (int i = 0; i < 9; i++)
    taps[i] = kc < 0 || nc < 0 ? 0 : p->weights[kc * p->k_stride + nc * p->n_stride + (p->flip ? 8 - i : i)];
}

// FN(wino_pack) writes G g Gt into packed[36][k_channels][n_channels] for some k.
static void FN(wino_pack)(const bs_pack *p, float *packed, int k_first, int k_count) {
  for (int k = k_first; k < k_first + k_count; k++)
    for (int n0 = 0; n0 < p->n_channels; n0 += BS_LANES) {
      float g[9][BS_LANES];
      for (int l = 0; l < BS_LANES; l++) {
        float taps[9];
        FN(read_taps)(p, k, n0 + l, taps);
        for (int i = 0; i < 9; i++) g[i][l] = taps[i];
      }
      double t[6][3][BS_LANES];
      for (int i = 0; i < 6; i++)
        for (int j = 0; j < 3; j++)
          for (int l = 0; l < BS_LANES; l++)
            t[i][j][l] = FN(G)[i][0] * g[j][l] + FN(G)[i][1] * g[3 + j][l] + FN(G)[i][2] * g[6 + j][l];
      for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
          float *out = packed + ((long)(i * 6 + j) * p->k_channels + k) * p->n_channels + n0;
          for (int l = 0; l < BS_LANES; l++)
            out[l] = (float)(FN(G)[j][0] * t[i][0][l] + FN(G)[j][1] * t[i][1][l] + FN(G)[j][2] * t[i][2][l]);
        }
    }
}

// FN(wino_unpack) sums the parts of one k in order and writes Gt dU G as taps[n_channels][9].
static void FN(wino_unpack)(const float *du, int parts, long part_stride, int k, int k_channels, int n_channels, float *taps) {
  for (int n0 = 0; n0 < n_channels; n0 += BS_LANES) {
    float u[BS_TRANSFORM][BS_LANES], t[3][6][BS_LANES];
    for (int xi = 0; xi < BS_TRANSFORM; xi++)
      for (int l = 0; l < BS_LANES; l++) {
        const float *p = du + ((long)xi * k_channels + k) * n_channels + n0 + l;
        float sum = p[0];
        for (int part = 1; part < parts; part++) sum += p[part * part_stride];
        u[xi][l] = sum;
      }
    for (int a = 0; a < 3; a++)
      for (int j = 0; j < 6; j++)
        for (int l = 0; l < BS_LANES; l++) {
          float sum = 0;
          for (int i = 0; i < 6; i++) sum += (float)FN(G)[i][a] * u[i * 6 + j][l];
          t[a][j][l] = sum;
        }
    for (int a = 0; a < 3; a++)
      for (int b = 0; b < 3; b++)
        for (int l = 0; l < BS_LANES; l++) {
          float sum = 0;
          for (int j = 0; j < 6; j++) sum += (float)FN(G)[j][b] * t[a][j][l];
          taps[(n0 + l) * 9 + a * 3 + b] = sum;
        }
  }
}
