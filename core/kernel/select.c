// Which instruction set runs here, and memory on huge pages.
#define _GNU_SOURCE
#include "kernel.h"

#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

extern const bs_kernels bs_kernels_generic;
#if defined(__x86_64__)
extern const bs_kernels bs_kernels_avx2, bs_kernels_avx512;

static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}
#endif

const bs_kernels *bs_select(const char *name) {
  int any = name[0] == 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if ((any || !strcmp(name, "avx512")) && has_avx512()) return &bs_kernels_avx512;
  if ((any || !strcmp(name, "avx2")) && has_avx2()) return &bs_kernels_avx2;
#endif
  if (any || !strcmp(name, "generic")) return &bs_kernels_generic;
  return NULL;
}

enum { HUGE_PAGE = 2 << 20 };

// Small blocks are aligned to the cache line only: rounding each to 2 MB would
// multiply the memory of a network of small tiles.
static size_t alignment(size_t bytes) { return bytes >= HUGE_PAGE ? HUGE_PAGE : 64; }

static size_t rounded(size_t floats) {
  size_t bytes = floats * sizeof(float), a = alignment(bytes);
  return (bytes + a - 1) / a * a;
}

float *bs_alloc(size_t floats) {
  size_t bytes = rounded(floats ? floats : 1);
  void *p = NULL;
  if (posix_memalign(&p, alignment(bytes), bytes)) return NULL;
#if defined(__linux__)
  if (bytes >= HUGE_PAGE) madvise(p, bytes, MADV_HUGEPAGE);
#endif
  memset(p, 0, bytes);
  return p;
}

void bs_free(float *p, size_t floats) {
  (void)floats;
  free(p);
}
