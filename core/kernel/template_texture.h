// A local Wiener filter in the cosine transform of overlapping blocks of 8x8
// pixels: of what lies between a noisy picture and its blind estimate, which
// brings texture back, and of the estimate itself, which takes away what the
// network left of the noise. Why is told in texture.go and residue.go.

enum { TB = 8, TC = TB * TB, TSTEP = 4, TREACH = 3, TRING = 2 * TREACH + 1 };

typedef float FN(row) __attribute__((vector_size(TB * 4)));
typedef float FN(urow) __attribute__((vector_size(TB * 4), aligned(4)));
typedef int FN(irow) __attribute__((vector_size(TB * 4)));
#define VR FN(row)

#define ROW(p) (*(FN(urow) *)(p)) // eight floats anywhere
#define ZEROS ((VR){0})
INLINE float FN(row_sum)(const VR *v) {
  float s = 0;
  for (int i = 0; i < TB; i++) s += (*v)[i];
  return s;
}

// The orthonormal DCT-II: row u is the wave of u half periods.
static const float FN(cosine)[TB][TB] = {
    {0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f, 0.35355339f},
    {0.49039264f, 0.41573481f, 0.27778512f, 0.09754516f, -0.09754516f, -0.27778512f, -0.41573481f, -0.49039264f},
    {0.46193977f, 0.19134172f, -0.19134172f, -0.46193977f, -0.46193977f, -0.19134172f, 0.19134172f, 0.46193977f},
    {0.41573481f, -0.09754516f, -0.49039264f, -0.27778512f, 0.27778512f, 0.49039264f, 0.09754516f, -0.41573481f},
    {0.35355339f, -0.35355339f, -0.35355339f, 0.35355339f, 0.35355339f, -0.35355339f, -0.35355339f, 0.35355339f},
    {0.27778512f, -0.49039264f, 0.09754516f, 0.41573481f, -0.41573481f, -0.09754516f, 0.49039264f, -0.27778512f},
    {0.19134172f, -0.46193977f, 0.46193977f, -0.19134172f, -0.19134172f, 0.46193977f, -0.46193977f, 0.19134172f},
    {0.09754516f, -0.27778512f, 0.41573481f, -0.49039264f, 0.49039264f, -0.41573481f, 0.27778512f, -0.09754516f},
};

// across multiplies each row of b by m from the right: b[y] = sum_x b[y][x] m[x].
INLINE void FN(across)(VR b[TB], const float m[TB][TB]) {
  float s[TC] __attribute__((aligned(64)));
  for (int y = 0; y < TB; y++) ROW(s + y * TB) = b[y];
  for (int y = 0; y < TB; y++) {
    VR t = s[y * TB] * ROW(m[0]);
    for (int x = 1; x < TB; x++) t += s[y * TB + x] * ROW(m[x]);
    b[y] = t;
  }
}

// dct transforms a block of rows: vertical waves over sums and differences
// of mirrored rows, then the rows.
INLINE void FN(dct)(VR b[TB], const float turned[TB][TB]) {
  VR even[4], odd[4], t[TB];
  for (int y = 0; y < 4; y++) even[y] = b[y] + b[7 - y], odd[y] = b[y] - b[7 - y];
  for (int v = 0; v < TB; v++) {
    const VR *half = v & 1 ? odd : even;
    const float *c = FN(cosine)[v];
    t[v] = c[0] * half[0] + c[1] * half[1] + c[2] * half[2] + c[3] * half[3];
  }
  FN(across)(t, turned);
  memcpy(b, t, sizeof t);
}

INLINE void FN(idct)(VR b[TB]) {
  FN(across)(b, FN(cosine));
  VR t[TB];
  for (int y = 0; y < 4; y++) {
    VR even = ZEROS, odd = even;
    for (int v = 0; v < TB; v += 2) {
      even += FN(cosine)[v][y] * b[v];
      odd += FN(cosine)[v + 1][y] * b[v + 1];
    }
    t[y] = even + odd, t[7 - y] = even - odd;
  }
  memcpy(b, t, sizeof t);
}

// texture_at is a channel's curve at a brightness.
INLINE float FN(texture_at)(const bs_texture *t, const float *curve, float brightness) {
  float at = brightness * (t->bins / 256.f) - 0.5f;
  at = at < 0 ? 0 : at > t->bins - 1 ? t->bins - 1 : at;
  int i = (int)at < t->bins - 2 ? (int)at : t->bins - 2;
  return curve[i] + (at - i) * (curve[i + 1] - curve[i]);
}

// texture_noise fills noise with each block's variance: the mean over channels
// of the curve at the block's mean brightness in the guide.
static void FN(texture_noise)(const bs_texture *t, const float *guide, float *noise) {
  long plane = (long)t->h * t->w;
  int nx = (t->w - TB) / TSTEP + 1, ny = (t->h - TB) / TSTEP + 1;
  for (int by = 0; by < ny; by++)
    for (int bx = 0; bx < nx; bx++) {
      float variance = 0;
      for (int c = 0; c < t->channels; c++) {
        const float *p = guide + c * plane + (long)by * TSTEP * t->w + bx * TSTEP;
        VR s = ROW(p);
        for (int y = 1; y < TB; y++) s += ROW(p + (long)y * t->w);
        variance += FN(texture_at)(t, t->curves + c * t->bins, FN(row_sum)(&s) / TC);
      }
      noise[by * nx + bx] = variance / t->channels;
    }
}

// texture_look transforms the blocks of one row of them: their coefficients, and
// how much more energy than noise each has, summed over 2*reach+1 blocks across.
static void FN(texture_look)(const bs_texture *t, const float *d, const float *noise, const float *inverse, int by,
                             const float turned[TB][TB], float *coefficients, float *excess, float *sums) {
  int nx = (t->w - TB) / TSTEP + 1;
  for (int bx = 0; bx < nx; bx++) {
    const float *p = d + (long)by * TSTEP * t->w + bx * TSTEP;
    VR b[TB];
    for (int y = 0; y < TB; y++) b[y] = ROW(p + (long)y * t->w);
    FN(dct)(b, turned);
    float scale = 1 / noise[by * nx + bx];
    for (int y = 0; y < TB; y++) {
      ROW(coefficients + bx * TC + y * TB) = b[y];
      ROW(excess + bx * TC + y * TB) = b[y] * b[y] * scale * ROW(inverse + y * TB);
    }
  }
  for (int bx = 0; bx < nx; bx++) {
    int from = bx < t->reach ? 0 : bx - t->reach, to = bx + t->reach < nx ? bx + t->reach : nx - 1;
    for (int i = 0; i < TC; i += TB) {
      VR s = ROW(excess + from * TC + i);
      for (int x = from + 1; x <= to; x++) s += ROW(excess + x * TC + i);
      ROW(sums + bx * TC + i) = s;
    }
  }
}

// texture_keep filters one row of blocks and adds them to total and weight.
static void FN(texture_keep)(const bs_texture *t, int by, const float *coefficients, float *const *sums, int rows,
                             const float *share, float *total, float *weight) {
  int nx = (t->w - TB) / TSTEP + 1;
  for (int bx = 0; bx < nx; bx++) {
    int from = bx < t->reach ? 0 : bx - t->reach, to = bx + t->reach < nx ? bx + t->reach : nx - 1;
    float mean = t->threshold * (float)(rows * (to - from + 1));
    VR b[TB], kept = ZEROS;
    for (int y = 0; y < TB; y++) {
      VR s = ZEROS + 1e-20f;
      for (int r = 0; r < rows; r++) s += ROW(sums[r] + bx * TC + y * TB);
      VR q = mean / s, gain = 1 - q * q;
      gain = (VR)((FN(irow))gain & (gain > 0));
      if (t->whole && y == 0) gain[0] = 1;
      kept += gain * gain * ROW(share + y * TB);
      b[y] = gain * ROW(coefficients + bx * TC + y * TB);
    }
    FN(idct)(b);
    // A block counts by how little of the noise it lets through.
    float trust = 1 / (0.02f + FN(row_sum)(&kept));
    long at = (long)by * TSTEP * t->w + bx * TSTEP;
    for (int y = 0; y < TB; y++, at += t->w) {
      ROW(total + at) += trust * b[y];
      ROW(weight + at) += trust;
    }
  }
}

// axes are the opponent axes of colour, orthonormal: see noise.Opponent.
static const float FN(axes)[3][3] = {
    {0.57735027f, 0.57735027f, 0.57735027f},
    {0.70710678f, 0, -0.70710678f},
    {0.40824829f, -0.81649658f, 0.40824829f},
};

// texture_axis filters what lies along one axis, d, into total.
static void FN(texture_axis)(const bs_texture *t, const float *d, const float *noise, const float *spectrum,
                             float *total, float *weight, float *scratch) {
  int nx = (t->w - TB) / TSTEP + 1, ny = (t->h - TB) / TSTEP + 1;
  float turned[TB][TB], inverse[TC], share[TC], all = 0;
  for (int i = 0; i < TC; i++) {
    turned[i % TB][i / TB] = FN(cosine)[i / TB][i % TB];
    inverse[i] = 1 / spectrum[i];
    all += spectrum[i];
  }
  for (int i = 0; i < TC; i++) share[i] = spectrum[i] / all;
  float *excess = scratch, *ring = scratch + (long)nx * TC;
#define COEFFICIENTS(y) (ring + (long)((y) % TRING) * nx * TC)
#define SUMS(y) (ring + (long)(TRING + (y) % TRING) * nx * TC)
  memset(total, 0, sizeof(float) * t->h * t->w);
  memset(weight, 0, sizeof(float) * t->h * t->w);
  for (int by = 0; by < ny + t->reach; by++) {
    if (by < ny) FN(texture_look)(t, d, noise, inverse, by, turned, COEFFICIENTS(by), excess, SUMS(by));
    int ready = by - t->reach;
    if (ready < 0) continue;
    float *rows[TRING];
    int n = 0;
    for (int y = ready < t->reach ? 0 : ready - t->reach; y <= ready + t->reach && y < ny; y++) rows[n++] = SUMS(y);
    FN(texture_keep)(t, ready, COEFFICIENTS(ready), rows, n, share, total, weight);
  }
#undef COEFFICIENTS
#undef SUMS
}

// texture_level writes to out the base with what stands out of the noise between
// it and the picture, at this resolution. Without a base it is the picture itself
// that is filtered. All are planes of h x w; out may not be one of the others.
static void FN(texture_level)(const bs_texture *t, const float *picture, const float *base, float *out, float *scratch) {
  long plane = (long)t->h * t->w, all = t->channels * plane;
  float *d = scratch, *total = d + plane, *weight = total + plane, *noise = weight + plane;
  long blocks = ((t->w - TB) / TSTEP + 1l) * ((t->h - TB) / TSTEP + 1l);
  FN(texture_noise)(t, base ? base : picture, noise);
  if (base) memcpy(out, base, sizeof(float) * all);
  else memset(out, 0, sizeof(float) * all);
  for (int o = 0; o < t->channels; o++) {
    const float *axis = FN(axes)[o];
    for (long i = 0; i < plane; i++) {
      float v = base ? picture[i] - base[i] : picture[i];
      if (t->channels == 3) {
        float v1 = picture[i + plane], v2 = picture[i + 2 * plane];
        if (base) v1 -= base[i + plane], v2 -= base[i + 2 * plane];
        v = axis[0] * v + axis[1] * v1 + axis[2] * v2;
      }
      d[i] = v;
    }
    FN(texture_axis)(t, d, noise, t->spectra + o * TC, total, weight, noise + blocks);
    for (long i = 0; i < plane; i++) {
      float v = total[i] / weight[i];
      if (t->channels == 3)
        for (int c = 0; c < 3; c++) out[i + c * plane] += axis[c] * v;
      else
        out[i] += v;
    }
  }
}

// texture_level_scratch is the need of texture_level in floats.
static long FN(texture_level_scratch)(const bs_texture *t) {
  long nx = (t->w - TB) / TSTEP + 1, ny = (t->h - TB) / TSTEP + 1;
  return 3l * t->h * t->w + nx * ny + (2 * TRING + 1) * nx * TC;
}

// shrink takes the means of squares of 8x8 pixels.
static void FN(shrink)(const float *src, float *dst, int planes, int h, int w) {
  for (int y = 0; y < planes * h / TB; y++)
    for (int x = 0; x < w / TB; x++) {
      const float *p = src + ((long)y * w + x) * TB;
      VR s = ROW(p);
      for (int i = 1; i < TB; i++) s += ROW(p + (long)i * w);
      dst[(long)y * (w / TB) + x] = FN(row_sum)(&s) / TC;
    }
}

// grow adds to dst the values of src, eight times as large, linear between the
// middles of the squares.
static void FN(grow)(const float *src, float *dst, int planes, int h, int w) {
  int sh = h / TB, sw = w / TB;
  for (int c = 0; c < planes; c++, src += sh * sw, dst += (long)h * w)
    for (int y = 0; y < h; y++) {
      float v = (y + 0.5f) / TB - 0.5f;
      v = v < 0 ? 0 : v > sh - 1 ? sh - 1 : v;
      int y0 = (int)v < sh - 2 ? (int)v : sh - 2;
      for (int x = 0; x < w; x++) {
        float u = (x + 0.5f) / TB - 0.5f;
        u = u < 0 ? 0 : u > sw - 1 ? sw - 1 : u;
        int x0 = (int)u < sw - 2 ? (int)u : sw - 2;
        const float *p = src + y0 * sw + x0;
        float top = p[0] + (u - x0) * (p[1] - p[0]), bottom = p[sw] + (u - x0) * (p[sw + 1] - p[sw]);
        dst[(long)y * w + x] += top + (v - y0) * (bottom - top);
      }
    }
}

// coarse reports whether the pictures are large enough for the second level.
INLINE int FN(coarse)(const bs_texture *t) { return t->h >= TC && t->w >= TC; }

static long FN(texture_scratch)(const bs_texture *t) {
  bs_texture small = {.h = t->h / TB, .w = t->w / TB};
  long fine = 3l * t->h * t->w + FN(texture_level_scratch)(t);
  long second = FN(coarse)(t) ? 3l * t->h * t->w + 9l * small.h * small.w + FN(texture_level_scratch)(&small) : 0;
  return fine > second ? fine : second;
}

// texture does both levels, once the noise has mean 0: the pixels, then the means
// of 8x8 pixels of what is left, whose noise is that of the lowest coefficient. The
// second one sees the colours of large areas, where a block by itself is too noisy.
static void FN(texture)(const bs_texture *t, const float *noisy, const float *blind, float *out, float *scratch) {
  if (t->shifts) {
    long plane = (long)t->h * t->w;
    for (int c = 0; c < t->channels; c++)
      for (long i = c * plane; i < (c + 1) * plane; i++)
        scratch[i] = noisy[i] - FN(texture_at)(t, t->shifts + c * t->bins, blind[i]);
    noisy = scratch, scratch += t->channels * plane;
  }
  if (t->threshold < HUGE_VALF) FN(texture_level)(t, noisy, blind, out, scratch);
  else memcpy(out, blind, sizeof(float) * t->channels * t->h * t->w);
  if (!FN(coarse)(t)) return;
  bs_texture small = *t;
  small.h /= TB, small.w /= TB, small.threshold = t->coarse;
  float spectra[3 * TC];
  for (int i = 0; i < t->channels * TC; i++) spectra[i] = t->spectra[i / TC * TC] / TC;
  small.spectra = spectra;
  long n = (long)small.channels * small.h * small.w;
  float *few = scratch, *estimate = few + n, *better = estimate + n;
  FN(shrink)(noisy, few, t->channels, t->h, t->w);
  FN(shrink)(out, estimate, t->channels, t->h, t->w);
  FN(texture_level)(&small, few, estimate, better, better + n);
  for (long i = 0; i < n; i++) better[i] -= estimate[i];
  FN(grow)(better, out, t->channels, t->h, t->w);
}

// residue filters an estimate alike: its pixels against the first half of the
// spectra, then the means of 8x8 pixels of what is left against the second, with
// fewer blocks around, so that tiles agree. The lowest coefficient, which is the
// picture itself, passes whole.
static void FN(residue)(const bs_texture *t, const float *estimate, float *out, float *scratch) {
  bs_texture whole = *t;
  whole.whole = 1;
  FN(texture_level)(&whole, estimate, NULL, out, scratch);
  if (!FN(coarse)(t)) return;
  whole.h /= TB, whole.w /= TB, whole.reach = 1, whole.spectra += t->channels * TC;
  long n = (long)whole.channels * whole.h * whole.w;
  float *few = scratch, *better = few + n;
  FN(shrink)(out, few, t->channels, t->h, t->w);
  FN(texture_level)(&whole, few, NULL, better, better + n);
  for (long i = 0; i < n; i++) better[i] -= few[i];
  FN(grow)(better, out, t->channels, t->h, t->w);
}
#undef VR
#undef ROW
#undef ZEROS
