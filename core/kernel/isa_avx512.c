// The kernels for AVX-512: 16 lanes, 8 rows x 48 channels in 24 accumulators.
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,prefer-vector-width=512")
#endif
#define ISA avx512
#define ISA_NAME "avx512"
#define VL 16
#define MR 8
#include "template.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
