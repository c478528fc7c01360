// 3x3 convolution to a few channels (the student's last: 96 -> 3). Output
// channels in lanes would leave 13 of 16 idle, so here the input's channels are
// in lanes and each output is a sum over them.

enum { FN(NARROW) = 4, FN(NARROW_PIXELS) = VL == BS_LANES ? 8 : 4 };

// FN(pick) takes lane from[i] of a and b, counted through both.
INLINE VF FN(pick)(VF a, VF b, VI from) {
#if defined(__clang__)
  VF out;
  for (int i = 0; i < VL; i++) out[i] = from[i] < VL ? a[from[i]] : b[from[i] - VL];
  return out;
#else
  return __builtin_shuffle(a, b, from);
#endif
}

// FN(sum_lanes) returns the sums over the lanes of VL vectors, one in each lane.
// Every sum is the same tree: lanes half a vector apart, then a quarter, ...
INLINE VF FN(sum_lanes)(VF *v) {
#pragma GCC unroll 4
  for (int d = VL / 2, n = VL / 2; d > 0; d /= 2, n /= 2) {
    VI low;
#pragma GCC unroll 16
    for (int i = 0; i < VL; i++) low[i] = i / d * 2 * d + i % d;
#pragma GCC unroll 8
    for (int i = 0; i < n; i++) v[i] = FN(pick)(v[2 * i], v[2 * i + 1], low) + FN(pick)(v[2 * i], v[2 * i + 1], low + d);
  }
  return v[0];
}

// FN(narrow_pixels) computes `pixels` neighbours of a row for `outs` channels.
// row[i] is the input row of tap row i at these pixels' column x-1, or NULL
// outside the picture; left and right say whether columns x-1 and x+pixels exist.
INLINE void FN(narrow_pixels)(const int outs, const int pixels, const bs_conv *c, const float *const *row, int left, int right,
                              float *out) {
  const bs_source *s = &c->source[0];
  VF acc[FN(NARROW_PIXELS)][FN(NARROW)];
#pragma GCC unroll 8
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
#pragma GCC unroll 8
        for (int x = 0; x < pixels; x++) {
          if ((j == 0 && x == 0 && !left) || (j == 2 && x == pixels - 1 && !right)) continue;
          VF v = FN(load)(p + x * BS_LANES);
          if (j == 1) __builtin_prefetch(p + (x + FN(NARROW_PIXELS)) * BS_LANES);
#pragma GCC unroll 4
          for (int o = 0; o < outs; o++) acc[x][o] += v * wv[o];
        }
      }
    }
  }
  enum { SUMS = (FN(NARROW_PIXELS) * FN(NARROW) + VL - 1) / VL * VL };
  VF sums[SUMS];
#pragma GCC unroll 32
  for (int n = 0; n < SUMS; n++) sums[n] = n < pixels * outs ? acc[n / outs][n % outs] : (VF){0};
  for (int n = 0; n < pixels * outs; n += VL) {
    VF y = FN(sum_lanes)(sums + n);
    int count = pixels * outs - n < VL ? pixels * outs - n : VL;
    for (int i = 0; i < count; i++) {
      int o = (n + i) % outs;
      float z = y[i] + c->bias[o];
      out[(n + i) / outs * BS_LANES + o] = z > 0 ? z : z * c->slope;
    }
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
