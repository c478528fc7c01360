// The one matrix product behind every layer:
//
//	C[i][j] (+)= sum over k of A[i][k] * B[k][j]
//
// j runs over vectors of output channels held in registers, A is broadcast.
// Every element is one chain of multiply-adds in the order of k, so its value
// does not depend on how rows are grouped.

// PANEL_VECTORS is the widest panel: 8 rows x 3 vectors keep 24 of AVX-512's 32
// registers busy, 4 x 2 the 16 of AVX2, 2 or 4 x 4 those of SSE2 and NEON.
#define PANEL_VECTORS (VL == BS_LANES ? 3 : BS_LANES / VL)

// FN(gemm_a) says where A's elements are: element (i, k) of block b stands at
// data + b*block + i*row + k*step. Blocks may be of different depth.
typedef struct {
  const float *data;
  long block;
  int blocks;
  const int *depth; // steps of each block, or NULL: all `steps`
  int steps;
} FN(gemm_a);

// A vector j of B and C stands in the lane block j*VL/16.
INLINE long FN(lane)(int j, long block) { return (long)(j * VL / BS_LANES) * block + (j * VL) % BS_LANES; }

INLINE void FN(micro)(const int nv, const long a_row, const long a_step, const FN(gemm_a) *a, long i, const float *b,
                      long b_step, long b_block, float *c, long c_row, long c_block, int accumulate, const float *ahead) {
  VF acc[MR][PANEL_VECTORS];
#pragma GCC unroll 8
  for (int r = 0; r < MR; r++)
#pragma GCC unroll 4
    for (int j = 0; j < nv; j++)
      acc[r][j] = accumulate ? FN(load)(c + r * c_row + FN(lane)(j, c_block)) : (VF){0};
  const float *arow = a->data + i * a_row;
  for (int block = 0; block < a->blocks; block++, arow += a->block) {
    int steps = a->depth ? a->depth[block] : a->steps;
    const float *bk = b + (long)block * BS_LANES * b_step;
#pragma GCC unroll 4
    for (int k = 0; k < steps; k++, bk += b_step, ahead += b_step) {
      __builtin_prefetch(ahead);
      VF bv[PANEL_VECTORS];
#pragma GCC unroll 4
      for (int j = 0; j < nv; j++) bv[j] = FN(load)(bk + FN(lane)(j, b_block));
#pragma GCC unroll 8
      for (int r = 0; r < MR; r++) {
        VF x = FN(splat)(arow[r * a_row + k * a_step]);
#pragma GCC unroll 4
        for (int j = 0; j < nv; j++) acc[r][j] += x * bv[j];
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < MR; r++)
#pragma GCC unroll 4
    for (int j = 0; j < nv; j++) FN(store)(c + r * c_row + FN(lane)(j, c_block), acc[r][j]);
}

// FN(panel) runs the rows [0,rows) of one panel of nv vectors; rows is a multiple of MR.
INLINE void FN(panel)(const int nv, const long a_row, const long a_step, const FN(gemm_a) *a, long rows,
                      const float *b, long b_step, long b_block, float *c, long c_row, long c_block, int accumulate,
                      const float *ahead) {
  for (long i = 0, j = 0; i < rows; i += MR, j++)
    FN(micro)(nv, a_row, a_step, a, i, b, b_step, b_block, c + i * c_row, c_row, c_block, accumulate,
              ahead + FN(lane)(j < nv ? j : nv - 1, b_block));
}

// Panels start on a block of 16 channels: with 16 lanes a panel is up to three
// blocks, with fewer lanes it is one block.
INLINE void FN(panels)(const long a_row, const long a_step, const FN(gemm_a) *a, long rows, int blocks, const float *b,
                       long b_step, long b_block, float *c, long c_row, long c_block, int accumulate, const float *ahead) {
#define PANEL(nv)                                                                                                          \
  FN(panel)(nv, a_row, a_step, a, rows, b + j * b_block, b_step, b_block, c + j * c_block, c_row, c_block, accumulate, \
            j + nv < blocks ? b + (j + nv) * b_block : ahead)
  int j = 0;
#if VL == BS_LANES
  for (; blocks - j >= 3 && blocks - j != 4; j += 3) PANEL(3);
  for (; blocks - j >= 2; j += 2) PANEL(2);
  if (j < blocks) PANEL(1);
#else
  for (; j < blocks; j++) PANEL(BS_LANES / VL);
#endif
#undef PANEL
}

// FN(multiply): rows are pixels or tiles, 16 floats apart; k are channels.
// rows is rounded up to MR by the caller's buffers. blocks counts output blocks.
static __attribute__((noinline)) void FN(multiply)(const FN(gemm_a) *a, long rows, int blocks, const float *b, long b_step,
                                                   long b_block, float *c, long c_row, long c_block, int accumulate,
                                                   const float *ahead) {
  FN(panels)(BS_LANES, 1, a, rows, blocks, b, b_step, b_block, c, c_row, c_block, accumulate, ahead);
}

// FN(multiply_transposed): rows are the 16 channels of one block of A, k are
// pixels or tiles, 16 floats apart. For weight gradients; always accumulates.
static __attribute__((noinline)) void FN(multiply_transposed)(const float *a, int steps, int blocks, const float *b,
                                                              long b_block, float *c, long c_row, long c_block) {
  FN(gemm_a) view = {.data = a, .block = 0, .blocks = 1, .depth = NULL, .steps = steps};
  FN(panels)(1, BS_LANES, &view, BS_LANES, blocks, b, BS_LANES, b_block, c, c_row, c_block, 1, b);
}
