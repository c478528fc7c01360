// The kernels for AVX2 with FMA: 8 lanes, 4 rows x 16 channels in 8 accumulators.
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define ISA avx2
#define ISA_NAME "avx2"
#define VL 8
#define MR 4
#include "template.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
