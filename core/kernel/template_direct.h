// Direct 3x3 convolution, row by row: for levels too small or too odd for 4x4
// tiles, and as a second, independent way to every result. A row of MR-pixel
// groups times panels of output channels stays in registers over all nine taps.

// FN(direct_width) is a row's padded width: a border of one pixel on the left,
// at least one on the right, and whole register blocks.
INLINE long FN(direct_width)(int w) { return FN(round_rows)(w) + 2; }

static long FN(direct_conv_scratch)(const bs_conv *c) {
  return FN(direct_width)(c->w) * BS_LANES * (3L * FN(source_blocks)(c->sources, c->source) + FN(target_blocks)(c));
}

// FN(direct_gather) copies the three input rows seen by output row y into
// rows[3][blocks][width][16], zeros outside the picture.
static void FN(direct_gather)(int sources, const bs_source *source, int image, int y0, int h, int w, float *rows) {
  long width = FN(direct_width)(w) * BS_LANES;
  for (int i = 0; i < 3; i++)
    for (int s = 0; s < sources; s++)
      for (int b = 0; b < source[s].blocks; b++, rows += width) {
        int y = y0 + i, up = source[s].up;
        memset(rows, 0, (size_t)width * sizeof(float));
        if (y < 0 || y >= h) continue;
        const float *p = source[s].data + image * source[s].image + b * source[s].block + (long)(y >> up) * (w >> up) * BS_LANES;
        for (int x = 0; x < w; x++) memcpy(rows + (x + 1) * BS_LANES, p + (x >> up) * BS_LANES, BS_LANES * sizeof(float));
      }
}

// FN(direct_halve) writes the sums of 2x2 pixels of a pair of rows. The second
// row of the pair follows the first, in the same call of direct_conv.
static void FN(direct_halve)(const bs_target *t, float *p, const float *sums, int w, int second) {
  for (int x = 0; x < w; x += 2, p += BS_LANES)
    for (int lane = 0; lane < BS_LANES; lane += VL) {
      VF v = FN(load)(sums + x * BS_LANES + lane) + FN(load)(sums + (x + 1) * BS_LANES + lane);
      if (second || t->accumulate) v += FN(load)(p + lane);
      if (second && t->mask) v = FN(leaky_grad)(FN(load)(t->mask + (p + lane - t->data)), v, SLOPE);
      FN(store)(p + lane, v);
    }
}

// FN(direct_conv) handles `count` rows, counted through all images; count and
// first are even where a target is stored at half the resolution.
static void FN(direct_conv)(const bs_conv *c, long first, long count, float *scratch) {
  int depth[FN(MAX_BLOCKS)];
  int kb = FN(depths)(c->sources, c->source, depth), nb = FN(target_blocks)(c);
  long width = FN(direct_width)(c->w) * BS_LANES;
  float *rows = scratch, *out = scratch + 3 * kb * width;
  for (long r = first; r < first + count; r++) {
    int image = (int)(r / c->h), y = (int)(r % c->h);
    FN(direct_gather)(c->sources, c->source, image, y + c->first_row, c->h, c->w, rows);
    for (int tap = 0; tap < 9; tap++) {
      FN(gemm_a) a = {.data = rows + (tap / 3) * kb * width + (tap % 3) * BS_LANES, .block = width, .blocks = kb, .depth = depth};
      const float *w = c->weights + (long)tap * kb * BS_LANES * c->ld;
      FN(multiply)(&a, FN(round_rows)(c->w), nb, w, c->ld, BS_LANES, out, BS_LANES, width, tap > 0, w);
    }
    for (int i = 0, o = 0; i < c->targets; i++) {
      const bs_target *t = &c->target[i];
      for (int b = 0; b < t->blocks; b++, o++) {
        float *plane = t->data + image * t->image + b * t->block;
        const float *sums = out + o * width;
        if (t->up) {
          FN(direct_halve)(t, plane + (long)(y >> 1) * (c->w >> 1) * BS_LANES, sums, c->w, y & 1);
          continue;
        }
        for (int x = 0; x < c->w; x++)
          for (int lane = 0; lane < BS_LANES; lane += VL) {
            VF v = FN(load)(sums + x * BS_LANES + lane);
            if (c->bias) v = FN(leaky)(v + FN(load)(c->bias + o * BS_LANES + lane), c->slope);
            FN(write_pixel)(t, plane + ((long)y * c->w + x) * BS_LANES + lane, v);
          }
      }
    }
  }
}

static long FN(direct_weight_grad_scratch)(const bs_weight_grad *g) {
  return FN(direct_width)(g->w) * BS_LANES * 3L * FN(source_blocks)(g->sources, g->source);
}

// FN(direct_weight_grad) adds the rows' share to dw[9][kblocks*16][nblocks*16] and db.
static void FN(direct_weight_grad)(const bs_weight_grad *g, long first, long count, float *dw, float *db, float *scratch) {
  int nb = g->dz.blocks, kb = FN(source_blocks)(g->sources, g->source);
  long width = FN(direct_width)(g->w) * BS_LANES, ld = (long)nb * BS_LANES;
  for (long r = first; r < first + count; r++) {
    int image = (int)(r / g->h), y = (int)(r % g->h);
    FN(direct_gather)(g->sources, g->source, image, y + g->first_row, g->h, g->w, scratch);
    const float *dz = g->dz.data + image * g->dz.image + (long)y * g->w * BS_LANES;
    for (int tap = 0; tap < 9; tap++)
      for (int k = 0; k < kb; k++)
        FN(multiply_transposed)(scratch + ((tap / 3) * kb + k) * width + (tap % 3) * BS_LANES, g->w, nb, dz, g->dz.block,
                                dw + ((long)tap * kb + k) * BS_LANES * ld, ld, BS_LANES);
    for (int b = 0; b < nb; b++)
      for (int lane = 0; lane < BS_LANES; lane += VL) {
        VF sum = FN(load)(db + b * BS_LANES + lane);
        for (int x = 0; x < g->w; x++) sum += FN(load)(dz + b * g->dz.block + x * BS_LANES + lane);
        FN(store)(db + b * BS_LANES + lane, sum);
      }
  }
}

static void FN(direct_pack)(const bs_pack *p, float *packed, int k_first, int k_count) {
  for (int k = k_first; k < k_first + k_count; k++)
    for (int n = 0; n < p->n_channels; n++) {
      float taps[9];
      FN(read_taps)(p, k, n, taps);
      for (int i = 0; i < 9; i++) packed[((long)i * p->k_channels + k) * p->n_channels + n] = taps[i];
    }
}
