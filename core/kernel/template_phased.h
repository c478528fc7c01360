// A 3x3 convolution of a doubled input (nearest x2), at the doubled input's own
// resolution. Two of the three taps fall on the same pixel, so the results of
// one parity (even or odd row, even or odd column) are a 2x2 convolution of the
// small picture, with taps added up: four of them, through Winograd F(4x4,2x2),
// take 25 products for 16 results instead of 36.
//
// A second, small input at the full resolution (the picture itself, in the last
// stage of the U-Net) is folded first: its four phases become channels of a
// small picture, and its taps become 2x2 taps of these channels.
//
// Along one axis, result 2i+p takes tap t from full position 2i+p+first+t: small
// position i + (p+first+t)>>1, phase (p+first+t)&1. The window of parity p begins
// at i + (p+first)>>1.
//
// In a bs_conv and bs_weight_grad here, h and w are the small picture's.

INLINE int FN(window)(int parity, int first) { return (parity + first) >> 1; }

// FN(phased_grid) is one parity of a picture at the full resolution; its data
// begin at FN(phased_start).
INLINE FN(grid) FN(phased_grid)(int h, int w) {
  FN(grid) g = {h, w, 0, 4L * w * BS_LANES, 2 * BS_LANES};
  return g;
}
INLINE long FN(phased_start)(int parity, int w) { return ((parity >> 1) * 2L * w + (parity & 1)) * BS_LANES; }

// FN(phased_tap) is the 2x2 position, row by row, on which tap i falls in one
// parity of the doubled input (phase -1) or of one phase of the folded one; -1: on none.
INLINE int FN(phased_tap)(int i, int parity, int first_row, int phase) {
  int y = (parity >> 1) + first_row + i / 3, x = (parity & 1) - 1 + i % 3;
  if (phase >= 0 && phase != (y & 1) * 2 + (x & 1)) return -1;
  return ((y >> 1) - FN(window)(parity >> 1, first_row)) * 2 + (x >> 1) - FN(window)(parity & 1, -1);
}

static const double FN(G2)[FN(SIDE)][2] = {{1.0 / 2, 0}, {-1.0 / 2, -1.0 / 2}, {-1.0 / 6, 1.0 / 6}, {1.0 / 6, 1.0 / 3}, {0, 1}};

// FN(phased_pack) writes G g Gt of all parities into packed[4][25][k_channels][n_channels] for some k.
static void FN(phased_pack)(const bs_pack *p, float *packed, int k_first, int k_count) {
  for (int k = k_first; k < k_first + k_count; k++)
    for (int n0 = 0; n0 < p->n_channels; n0 += BS_LANES) {
      float g[9][BS_LANES];
      for (int l = 0; l < BS_LANES; l++) {
        float taps[9];
        FN(read_taps)(p, k, n0 + l, taps);
        for (int i = 0; i < 9; i++) g[i][l] = taps[i];
      }
      for (int parity = 0; parity < BS_PARITIES; parity++) {
        double small[4][BS_LANES] = {0}, t[FN(SIDE)][2][BS_LANES];
        for (int i = 0; i < 9; i++) {
          int at = FN(phased_tap)(i, parity, p->first_row, p->k_phase ? p->k_phase[k] : -1);
          if (at < 0) continue;
          if (p->turn) at = 3 - at;
          for (int l = 0; l < BS_LANES; l++) small[at][l] += g[i][l];
        }
        for (int i = 0; i < FN(SIDE); i++)
          for (int j = 0; j < 2; j++)
            for (int l = 0; l < BS_LANES; l++) t[i][j][l] = FN(G2)[i][0] * small[j][l] + FN(G2)[i][1] * small[2 + j][l];
        for (int i = 0; i < FN(SIDE); i++)
          for (int j = 0; j < FN(SIDE); j++) {
            float *out = packed + ((long)(parity * BS_PHASED + i * FN(SIDE) + j) * p->k_channels + k) * p->n_channels + n0;
            for (int l = 0; l < BS_LANES; l++) out[l] = (float)(FN(G2)[j][0] * t[i][0][l] + FN(G2)[j][1] * t[i][1][l]);
          }
      }
    }
}

static long FN(phased_scratch)(const bs_conv *c, long tiles) {
  long block = FN(round_rows)(tiles) * BS_LANES;
  return BS_PHASED * (FN(apart)(FN(source_blocks)(c->sources, c->source) * block) + FN(apart)(c->target[0].blocks * block));
}

// FN(phased_conv) computes the results of one parity for a batch of tiles.
static void FN(phased_conv)(const bs_conv *c, int parity, long first, long tiles, float *scratch) {
  int depth[FN(MAX_BLOCKS)];
  int kb = FN(depths)(c->sources, c->source, depth), nb = c->target[0].blocks;
  long rows = FN(round_rows)(tiles), block = rows * BS_LANES, k = (long)kb * BS_LANES * c->ld;
  long v_stride = FN(apart)(kb * block), m_stride = FN(apart)(nb * block);
  float *v = scratch, *m = scratch + BS_PHASED * v_stride, *at = v;
  for (int s = 0; s < c->sources; at += c->source[s].blocks * block, s++)
    FN(gather_small)(&c->source[s], FN(plain_grid)(c->h, c->w, 0), FN(window)(parity >> 1, c->first_row), FN(window)(parity & 1, -1),
                     first, tiles, 0, c->source[s].blocks, at, v_stride, rows);
  for (int xi = 0; xi < BS_PHASED; xi++) {
    FN(gemm_a) a = {.data = v + xi * v_stride, .block = block, .blocks = kb, .depth = depth};
    const float *u = c->weights + (parity * BS_PHASED + xi) * k;
    FN(multiply)(&a, rows, nb, u, c->ld, BS_LANES, m + xi * m_stride, BS_LANES, block, 0, u + k);
  }
  const bs_target *target = &c->target[0];
  FN(grid) g = FN(phased_grid)(c->h, c->w);
  for (int b = 0; b < nb; b++)
    for (long t = 0; t < tiles; t++) {
      FN(tile) where = FN(tile_at)(first + t, c->h, c->w);
      float *p = target->data + where.image * target->image + b * target->block + FN(phased_start)(parity, c->w) +
                 where.y * g.row + where.x * g.column;
      for (int lane = 0; lane < BS_LANES; lane += VL) {
        VF y[4][4];
        FN(transform_result)(FN(SIDE), c, b, m + b * block + t * BS_LANES, m_stride, lane, y);
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++)
#pragma GCC unroll 4
          for (int j = 0; j < 4; j++) {
            if (target->stream) FN(stream)(p + i * g.row + j * g.column + lane, y[i][j]);
            else FN(store)(p + i * g.row + j * g.column + lane, y[i][j]);
          }
      }
    }
  FN(drain)();
}

// FN(phased_data) computes the gradient of the doubled input for a batch of
// tiles: the sum over parities of a 2x2 convolution with turned taps, taken
// before the output transform.
static void FN(phased_data)(const bs_conv *c, long first, long tiles, float *scratch) {
  int depth[FN(MAX_BLOCKS)];
  int kb = FN(depths)(1, c->source, depth), nb = c->target[0].blocks;
  long rows = FN(round_rows)(tiles), block = rows * BS_LANES, k = (long)kb * BS_LANES * c->ld;
  long v_stride = FN(apart)(kb * block), m_stride = FN(apart)(nb * block);
  float *v = scratch, *m = scratch + BS_PHASED * v_stride;
  for (int parity = 0; parity < BS_PARITIES; parity++) {
    bs_source s = c->source[0];
    s.data += FN(phased_start)(parity, c->w);
    FN(gather_small)(&s, FN(phased_grid)(c->h, c->w), -1 - FN(window)(parity >> 1, c->first_row), -1 - FN(window)(parity & 1, -1),
                     first, tiles, 0, s.blocks, v, v_stride, rows);
    for (int xi = 0; xi < BS_PHASED; xi++) {
      FN(gemm_a) a = {.data = v + xi * v_stride, .block = block, .blocks = kb, .depth = depth};
      const float *u = c->weights + (parity * BS_PHASED + xi) * k;
      FN(multiply)(&a, rows, nb, u, c->ld, BS_LANES, m + xi * m_stride, BS_LANES, block, parity > 0, u + k);
    }
  }
  const bs_target *target = &c->target[0];
  for (int b = 0; b < nb; b++)
    for (long t = 0; t < tiles; t++) {
      FN(tile) where = FN(tile_at)(first + t, c->h, c->w);
      for (int lane = 0; lane < BS_LANES; lane += VL) {
        VF y[4][4];
        FN(transform_result)(FN(SIDE), c, b, m + b * block + t * BS_LANES, m_stride, lane, y);
        FN(write_tile)(target, target->data + where.image * target->image + b * target->block, where, c->h, c->w, lane, y);
      }
    }
}

static long FN(phased_weight_grad_scratch)(const bs_weight_grad *g) { return FN(weight_grad_scratch)(BS_PHASED, g); }

// FN(phased_weight_grad) adds one parity's tiles to du[25][kblocks*16][nblocks*16] and db[nblocks*16].
static void FN(phased_weight_grad)(const bs_weight_grad *g, int parity, long first, long tiles, float *du, float *db, float *scratch) {
  FN(weight_grad)(FN(SIDE), g, g->dz.data + FN(phased_start)(parity, g->w), FN(phased_grid)(g->h, g->w),
                  FN(window)(parity >> 1, g->first_row), FN(window)(parity & 1, -1), first, tiles, du, db, scratch);
}

// FN(phased_unpack) turns the sums of one k into Gt dU G of each parity and adds
// these to the 3x3 taps [n_channels][9] that they came from.
static void FN(phased_unpack)(const float *du, int parts, long part_stride, int k, int k_channels, int n_channels, int first_row,
                              int phase, float *taps) {
  for (int n0 = 0; n0 < n_channels; n0 += BS_LANES)
    for (int parity = 0; parity < BS_PARITIES; parity++) {
      float small[4][BS_LANES] = {0}, t[2][FN(SIDE)][BS_LANES] = {0};
      for (int xi = 0; xi < BS_PHASED; xi++) {
        const float *p = du + ((long)xi * k_channels + k) * n_channels + n0 + parity * parts * part_stride;
        for (int l = 0; l < BS_LANES; l++) {
          float sum = p[l];
          for (int part = 1; part < parts; part++) sum += p[part * part_stride + l];
          for (int a = 0; a < 2; a++) t[a][xi % FN(SIDE)][l] += (float)FN(G2)[xi / FN(SIDE)][a] * sum;
        }
      }
      for (int at = 0; at < 4; at++)
        for (int j = 0; j < FN(SIDE); j++)
          for (int l = 0; l < BS_LANES; l++) small[at][l] += (float)FN(G2)[j][at & 1] * t[at >> 1][j][l];
      for (int i = 0; i < 9; i++) {
        int at = FN(phased_tap)(i, parity, first_row, phase);
        if (at < 0) continue;
        for (int l = 0; l < BS_LANES; l++) taps[(n0 + l) * 9 + i] += small[at][l];
      }
    }
}

// FN(fold) turns the phases of rows [y, y+rows) of one image, `channels` at the
// full resolution, into 4*channels of the small picture, phase by phase.
static void FN(fold)(const float *src, float *dst, int w, int channels, int y, int rows) {
  for (int i = y; i < y + rows; i++)
    for (int j = 0; j < w; j++)
      for (int phase = 0; phase < BS_PARITIES; phase++) {
        const float *from = src + ((2L * i + (phase >> 1)) * 2 * w + 2L * j + (phase & 1)) * BS_LANES;
        float *to = dst + ((long)i * w + j) * BS_LANES + phase * channels;
        for (int c = 0; c < channels; c++) to[c] = from[c];
      }
}
