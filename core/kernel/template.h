// The kernels, written once. An isa_*.c file defines ISA, ISA_NAME, VL (lanes of
// a vector) and MR (rows of the matrix product's register block, a divisor of
// 16), and includes this file. Vectors are the compiler's own vector types.
#include "kernel.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define BS_PASTE2(a, b) bs_##a##_##b
#define BS_PASTE(a, b) BS_PASTE2(a, b)
#define FN(name) BS_PASTE(name, ISA)
#define INLINE static inline __attribute__((always_inline))

typedef float FN(vec) __attribute__((vector_size(VL * 4)));
typedef int FN(ivec) __attribute__((vector_size(VL * 4)));
typedef float FN(uvec) __attribute__((vector_size(VL * 4), aligned(4)));
#define VF FN(vec)
#define VI FN(ivec)

INLINE VF FN(load)(const float *p) { return *(const FN(uvec) *)p; }
INLINE void FN(store)(float *p, VF v) { *(FN(uvec) *)p = v; }
INLINE VF FN(splat)(float x) { return x - (VF){0}; }

// FN(stream) writes past the caches: a tensor larger than they are is gone from
// them before it is read, and a plain store would read its lines first.
// FN(drain) makes such stores visible to the other workers.
INLINE void FN(stream)(float *p, VF v) {
#if VL == 16
  _mm512_stream_ps(p, (__m512)v);
#elif VL == 8
  _mm256_stream_ps(p, (__m256)v);
#else
  FN(store)(p, v);
#endif
}
INLINE void FN(drain)(void) {
#if VL == 16 || VL == 8
  _mm_sfence();
#endif
}

// LeakyReLU and its derivative, which is the slope at zero.
INLINE VF FN(leaky)(VF x, float slope) {
  VI positive = x > 0;
  return (VF)((positive & (VI)x) | (~positive & (VI)(x * slope)));
}
INLINE VF FN(leaky_grad)(VF y, VF g, float slope) {
  VI positive = y > 0;
  return (VF)((positive & (VI)g) | (~positive & (VI)(g * slope)));
}

// The square root, correctly rounded. sqrtf would be a call for every value: it
// sets errno, and cgo refuses the flag that says nobody reads it.
INLINE VF FN(root)(VF x) {
#if VL == 16
  return (VF)_mm512_sqrt_ps((__m512)x);
#elif VL == 8
  return (VF)_mm256_sqrt_ps((__m256)x);
#elif defined(__SSE2__)
  return (VF)_mm_sqrt_ps((__m128)x);
#elif defined(__aarch64__)
  return (VF)vsqrtq_f32((float32x4_t)x);
#else
  for (int i = 0; i < VL; i++) x[i] = sqrtf(x[i]);
  return x;
#endif
}

#define SLOPE 0.1f

#include "template_gemm.h"
#include "template_winograd.h"
#include "template_winograd_weights.h"
#include "template_phased.h"
#include "template_direct.h"
#include "template_narrow.h"
#include "template_head.h"
#include "template_pool.h"
#include "template_texture.h"

const bs_kernels BS_PASTE(kernels, ISA) = {
    .name = ISA_NAME,
    .wino_pack = FN(wino_pack),
    .wino_conv = FN(wino_conv),
    .wino_conv_scratch = FN(wino_conv_scratch),
    .wino_weight_grad = FN(wino_weight_grad),
    .wino_weight_grad_scratch = FN(wino_weight_grad_scratch),
    .wino_unpack = FN(wino_unpack),
    .phased_pack = FN(phased_pack),
    .phased_conv = FN(phased_conv),
    .phased_data = FN(phased_data),
    .phased_scratch = FN(phased_scratch),
    .phased_weight_grad = FN(phased_weight_grad),
    .phased_weight_grad_scratch = FN(phased_weight_grad_scratch),
    .phased_unpack = FN(phased_unpack),
    .fold = FN(fold),
    .direct_pack = FN(direct_pack),
    .direct_conv = FN(direct_conv),
    .direct_conv_scratch = FN(direct_conv_scratch),
    .direct_weight_grad = FN(direct_weight_grad),
    .direct_weight_grad_scratch = FN(direct_weight_grad_scratch),
    .narrow_pack = FN(narrow_pack),
    .narrow_conv = FN(narrow_conv),
    .head_forward = FN(head_forward),
    .head_scratch = FN(head_scratch),
    .head_backward = FN(head_backward),
    .head_backward_scratch = FN(head_backward_scratch),
    .pool = FN(pool),
    .pool_backward = FN(pool_backward),
    .texture = FN(texture),
    .residue = FN(residue),
    .texture_scratch = FN(texture_scratch),
    .adam = FN(adam),
    .ema = FN(ema),
    .mr = MR,
};
