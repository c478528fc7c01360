// The kernels for any processor: 4 lanes, which the compiler maps to NEON or SSE2.
#define ISA generic
#define ISA_NAME "generic"
#define VL 4
#if defined(__aarch64__)
#define MR 4
#else
#define MR 2
#endif
#include "template.h"
