// Max-pooling 2x2 with its backward pass, and the elementwise passes of training.
// A plane is rows x columns x 16 lanes.

// FN(pool): out row y is the maximum over rows 2y, 2y+1, or, blind, over rows
// 2y-1, 2y, where row -1 counts as zeros.
static void FN(pool)(const float *src, float *dst, int h, int w, int blind) {
  for (int y = 0; y < h / 2; y++)
    for (int x = 0; x < w / 2; x++)
      for (int lane = 0; lane < BS_LANES; lane += VL) {
        int top = 2 * y - blind;
        const float *p = src + ((long)top * w + 2 * x) * BS_LANES + lane, *q = p + (long)w * BS_LANES;
        VF a = {0};
        if (top >= 0) a = FN(max)(FN(load)(p), FN(load)(p + BS_LANES));
        VF b = FN(max)(FN(load)(q), FN(load)(q + BS_LANES));
        FN(store)(dst + ((long)y * (w / 2) + x) * BS_LANES + lane, FN(max)(a, b));
      }
}

// FN(pool_backward): dst = LeakyReLU'(src) * (grad of the pooled plane, at the
// first maximum in row-major order). Every pixel of dst is written.
static void FN(pool_backward)(const float *src, const float *grad, float *dst, int h, int w, int blind) {
  if (blind) memset(dst + (long)(h - 1) * w * BS_LANES, 0, (size_t)w * BS_LANES * sizeof(float));
  for (int y = 0; y < h / 2; y++)
    for (int x = 0; x < w / 2; x++)
      for (int lane = 0; lane < BS_LANES; lane += VL) {
        int top = 2 * y - blind;
        long p = ((long)top * w + 2 * x) * BS_LANES + lane, q = p + (long)w * BS_LANES;
        VF a = {0}, b = {0}, c = FN(load)(src + q), d = FN(load)(src + q + BS_LANES);
        if (top >= 0) {
          a = FN(load)(src + p);
          b = FN(load)(src + p + BS_LANES);
        }
        VF g = FN(load)(grad + ((long)y * (w / 2) + x) * BS_LANES + lane);
        VF best = FN(max)(FN(max)(a, b), FN(max)(c, d));
        VI ia = a == best, ib = (b == best) & ~ia, ic = (c == best) & ~(ia | ib), id = ~(ia | ib | ic);
        if (top >= 0) {
          FN(store)(dst + p, FN(leaky_grad)(a, (VF)(ia & (VI)g), SLOPE));
          FN(store)(dst + p + BS_LANES, FN(leaky_grad)(b, (VF)(ib & (VI)g), SLOPE));
        }
        FN(store)(dst + q, FN(leaky_grad)(c, (VF)(ic & (VI)g), SLOPE));
        FN(store)(dst + q + BS_LANES, FN(leaky_grad)(d, (VF)(id & (VI)g), SLOPE));
      }
}

INLINE void FN(adam_vector)(float *w, const float *g, float *m, float *v, float step, float beta1, float beta2, float eps,
                            float correction2) {
  VF grad = FN(load)(g);
  VF mean = beta1 * FN(load)(m) + (1 - beta1) * grad;
  VF square = beta2 * FN(load)(v) + (1 - beta2) * grad * grad;
  FN(store)(m, mean);
  FN(store)(v, square);
  FN(store)(w, FN(load)(w) - step * mean / (FN(root)(square * correction2) + eps));
}

// FN(adam) is one step of Adam (Kingma & Ba 2015, algorithm 1) on n values.
// step is lr/(1-beta1^t), correction2 is 1/(1-beta2^t).
static void FN(adam)(float *w, const float *g, float *m, float *v, long n, float step, float beta1, float beta2, float eps,
                     float correction2) {
  long i = 0;
  for (; i + VL <= n; i += VL) FN(adam_vector)(w + i, g + i, m + i, v + i, step, beta1, beta2, eps, correction2);
  if (i == n) return;
  size_t rest = (size_t)(n - i) * sizeof(float);
  float t[4][VL] = {{0}};
  memcpy(t[0], w + i, rest);
  memcpy(t[1], g + i, rest);
  memcpy(t[2], m + i, rest);
  memcpy(t[3], v + i, rest);
  FN(adam_vector)(t[0], t[1], t[2], t[3], step, beta1, beta2, eps, correction2);
  memcpy(w + i, t[0], rest);
  memcpy(m + i, t[2], rest);
  memcpy(v + i, t[3], rest);
}

static void FN(ema)(float *avg, const float *w, long n, float decay) {
  for (long i = 0; i < n; i++) avg[i] = decay * avg[i] + (1 - decay) * w[i];
}
