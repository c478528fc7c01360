// 3x3 convolution to a few channels (the student's last: 96 -> 3). Output
// channels in lanes would leave 13 of 16 idle, so here the input's channels are
// in lanes and each output is a sum over them.

enum { FN(NARROW) = 4, FN(NARROW_PIXELS) = 4 };

// FN(sum_lanes) adds the lanes in a fixed tree.
INLINE float FN(sum_lanes)(VF v) {
  float t[VL];
  FN(store)(t, v);
  for (int n = VL / 2; n > 0; n /= 2)
    for (int i = 0; i < n; i++) t[i] += t[i + n];
  return t[0];
}

// FN(narrow_pixels) computes `pixels` neighbours of a row for `outs` channels.
// row[i] is the input row of tap row i at these pixels' column x-1, or NULL
// outside the picture; left and right say whether columns x-1 and x+pixels exist.
INLINE void FN(narrow_pixels)(const int outs, const int pixels, const bs_conv *c, const float *const *row, int left, int right,
                              float *out) {
  const bs_source *s = &c->source[0];
  VF acc[FN(NARROW_PIXELS)][FN(NARROW)];
#pragma GCC unroll 4
  for (int x = 0; x < pixels; x++)
#pragma GCC unroll 4
    for (int o = 0; o < outs; o++) acc[x][o] = (VF){0};
  for (int i = 0; i < 3; i++) {
    if (!row[i]) continue;
    for (int j = 0; j < 3; j++) {
      const float *w = c->weights + (long)(i * 3 + j) * s->blocks * BS_LANES;
      long tap = 9L * s->blocks * BS_LANES; // from one output channel to the next
      for (int k = 0; k < s->blocks * BS_LANES; k += VL) {
        const float *p = row[i] + k / BS_LANES * s->block + k % BS_LANES + j * BS_LANES;
        VF wv[FN(NARROW)];
#pragma GCC unroll 4
        for (int o = 0; o < outs; o++) wv[o] = FN(load)(w + o * tap + k);
#pragma GCC unroll 4
        for (int x = 0; x < pixels; x++) {
          if ((j == 0 && x == 0 && !left) || (j == 2 && x == pixels - 1 && !right)) continue;
          VF v = FN(load)(p + x * BS_LANES);
#pragma GCC unroll 4
          for (int o = 0; o < outs; o++) acc[x][o] += v * wv[o];
        }
      }
    }
  }
#pragma GCC unroll 4
  for (int x = 0; x < pixels; x++)
#pragma GCC unroll 4
    for (int o = 0; o < outs; o++) {
      float y = FN(sum_lanes)(acc[x][o]) + c->bias[o];
      out[x * BS_LANES + o] = y > 0 ? y : y * c->slope;
    }
}

INLINE void FN(narrow_row)(const int outs, const bs_conv *c, int image, int y) {
  const bs_source *s = &c->source[0];
  float *out = c->target[0].data + image * c->target[0].image + (long)y * c->w * BS_LANES;
  const float *row[3];
  for (int i = 0; i < 3; i++) {
    int in = y + c->first_row + i;
    row[i] = in < 0 || in >= c->h ? NULL : s->data + image * s->image + ((long)in * c->w - 1) * BS_LANES;
  }
  int x = 0;
  for (; x + FN(NARROW_PIXELS) <= c->w; x += FN(NARROW_PIXELS)) {
    FN(narrow_pixels)(outs, FN(NARROW_PIXELS), c, row, x > 0, x + FN(NARROW_PIXELS) < c->w, out + (long)x * BS_LANES);
    for (int i = 0; i < 3; i++)
      if (row[i]) row[i] += FN(NARROW_PIXELS) * BS_LANES;
  }
  for (; x < c->w; x++) {
    FN(narrow_pixels)(outs, 1, c, row, x > 0, x + 1 < c->w, out + (long)x * BS_LANES);
    for (int i = 0; i < 3; i++)
      if (row[i]) row[i] += BS_LANES;
  }
}

// FN(narrow_conv) handles `count` rows, counted through all images. The weights
// are packed [out][9][kblocks*16]; one source at full resolution, at most four
// output channels, a bias.
static void FN(narrow_conv)(const bs_conv *c, long first, long count) {
  for (long r = first; r < first + count; r++) {
    int image = (int)(r / c->h), y = (int)(r % c->h);
    switch (c->outs) {
    case 1: FN(narrow_row)(1, c, image, y); break;
    case 2: FN(narrow_row)(2, c, image, y); break;
    case 3: FN(narrow_row)(3, c, image, y); break;
    default: FN(narrow_row)(4, c, image, y);
    }
  }
}

// FN(narrow_pack) writes the taps of some input channels.
static void FN(narrow_pack)(const bs_pack *p, float *packed, int k_first, int k_count) {
  for (int k = k_first; k < k_first + k_count; k++)
    for (int n = 0; n < p->n_channels; n++) {
      float taps[9];
      FN(read_taps)(p, k, n, taps);
      for (int i = 0; i < 9; i++) packed[((long)n * 9 + i) * p->k_channels + k] = taps[i];
    }
}
