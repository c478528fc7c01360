// The C side of package kernel: plain structs, one table of functions per
// instruction set. Every pointer here is memory of an Arena (C memory), except
// where a comment says "caller's", which is Go memory lent for the call.
//
// Layout of an activation: [image][block][row][column][16 channels], float32,
// no border. Strides (image, block) are in floats.
#ifndef BLINDSPOT_KERNEL_H
#define BLINDSPOT_KERNEL_H

#include <stddef.h>

// BS_LANES is a macro, not an enum: the preprocessor compares it.
#define BS_LANES 16

enum { BS_TRANSFORM = 36, BS_PHASED = 25, BS_PARITIES = 4, BS_MAX_SOURCES = 2 };

// bs_source is one of the concatenated inputs of a convolution.
typedef struct {
  const float *data;
  long image, block;
  int blocks;   // blocks of 16 channels
  int channels; // channels in use; the rest of the last block is zero
  int up;       // 1: stored at half the resolution, read with nearest x2
} bs_source;

// bs_target is one of the outputs of a convolution.
typedef struct {
  float *data;
  long image, block;
  int blocks;
  int up;            // 1: stored at half the resolution, each value the sum of 2x2
  int pool;          // 1: the maximum of 2x2 instead; 2: blind, rows 2y-1 and 2y (Winograd only)
  int accumulate;    // 1: added to what is there
  int stream;        // 1: too large for the caches, written past them
  const float *mask; // same layout as data, or NULL: multiply by LeakyReLU'(mask)
} bs_target;

// bs_conv is a 3x3 convolution: a layer's forward pass or its data gradient.
typedef struct {
  int n, h, w;      // images, rows, columns of the result
  int first_row;    // input row seen by the top tap of output row 0: -1, -2 or 0
  int sources, targets;
  bs_source source[BS_MAX_SOURCES];
  bs_target target[BS_MAX_SOURCES];
  const float *weights; // packed: [36 or 9][kblocks*16][ld]
  int ld;               // output channels of the packed weights
  int outs;             // output channels in use
  const float *bias;    // [target blocks*16] or NULL
  float slope;          // LeakyReLU slope applied after the bias; 1 = linear
} bs_conv;

// bs_weight_grad is the weight gradient of a 3x3 convolution.
typedef struct {
  int n, h, w;
  int first_row;
  int sources;
  bs_source source[BS_MAX_SOURCES];
  bs_source dz; // gradient before the activation
} bs_weight_grad;

// bs_pack describes which weight stands where in the packed matrices.
typedef struct {
  const float *weights;          // caller's [out][in][3][3]
  long k_stride, n_stride;       // floats from one reduced/produced channel to the next
  int k_channels, n_channels;    // padded
  const int *k_map, *n_map;      // caller's: channel of a padded index, or -1
  int flip;                      // 1: taps turned by 180 degrees
  int first_row, turn;           // phased: as in bs_conv; 1: 2x2 taps turned by 180 degrees
  const int *k_phase;            // phased, caller's: phase of a padded index, -1 = doubled; NULL: all doubled
} bs_pack;

// bs_view is a stack of trunk features seen in the frame of the unrotated image.
typedef struct {
  float *data; // first image of this rotation
  long image, block;
  int rotation; // quarter turns, clockwise, of the picture the trunk saw
} bs_view;

// bs_head is the teacher's three 1x1 layers behind the four rotations.
typedef struct {
  int n, h, w;         // of the unrotated image
  int features;        // blocks of one rotation's features
  int mid, out;        // blocks after layer B and after layer C
  bs_view view[4];
  const float *wa[4];  // [features*16][4*features*16]
  const float *wb;     // [4*features*16][mid*16]
  const float *wc;     // [mid*16][out*16]
  const float *ba, *bb, *bc;
  int holes;
  int shift[16];
  float *result[16];   // per hole: [n][out][h][w][16]
  float *h1, *h2;      // training only: activations after A and B, or NULL
} bs_head;

// bs_head_grad is the backward pass of bs_head for one hole.
typedef struct {
  bs_head head;        // with h1, h2 as the forward pass left them
  const float *d3;     // gradient of the result
  bs_view grad[4];     // gradients of the features, before their activation
  const float *wat[4], *wbt, *wct; // transposed weights: [out channels][in channels]
} bs_head_grad;

// bs_texture says what the noise is that a blind estimate has been freed of, or
// what of it the estimate has kept.
typedef struct {
  int h, w, channels;   // of the pictures: at least 8 x 8, a multiple of 4; 1 or 3 channels
  int bins;             // of a curve, evenly over brightnesses of 0..256
  const float *curves;  // caller's: [channels][bins], variance by brightness
  const float *shifts;  // caller's: [channels][bins], mean of the noise by brightness; NULL where it is 0
  const float *spectra; // caller's: [channels][64], energy along each axis in units of that variance
  float threshold;      // mean excess over the noise up to which nothing passes
  float coarse;         // the same for the means of 8x8 pixels
  int whole;            // the lowest coefficient passes whole
  int reach;            // blocks to all sides whose energy is averaged, 3 at most
} bs_texture;

typedef struct {
  const char *name;
  // Winograd F(4x4,3x3).
  void (*wino_pack)(const bs_pack *, float *packed, int k_first, int k_count);
  void (*wino_conv)(const bs_conv *, long first_tile, long tiles, long soon, long all, float *scratch);
  long (*wino_conv_scratch)(const bs_conv *, long tiles);
  void (*wino_weight_grad)(const bs_weight_grad *, long first_tile, long tiles, float *du, float *db, float *scratch);
  long (*wino_weight_grad_scratch)(const bs_weight_grad *);
  void (*wino_unpack)(const float *du, int parts, long part_stride, int k, int k_channels, int n_channels, float *taps);
  // 3x3 of a doubled input at its own resolution: template_phased.h.
  void (*phased_pack)(const bs_pack *, float *packed, int k_first, int k_count);
  void (*phased_conv)(const bs_conv *, int parity, long first_tile, long tiles, float *scratch);
  void (*phased_data)(const bs_conv *, long first_tile, long tiles, float *scratch);
  long (*phased_scratch)(const bs_conv *, long tiles);
  void (*phased_weight_grad)(const bs_weight_grad *, int parity, long first_tile, long tiles, float *du, float *db, float *scratch);
  long (*phased_weight_grad_scratch)(const bs_weight_grad *);
  void (*phased_unpack)(const float *du, int parts, long part_stride, int k, int k_channels, int n_channels, int first_row, int phase, float *taps);
  void (*fold)(const float *src, float *dst, int w, int channels, int y, int rows);
  // Direct 3x3.
  void (*direct_pack)(const bs_pack *, float *packed, int k_first, int k_count);
  void (*direct_conv)(const bs_conv *, long first_row, long rows, float *scratch);
  long (*direct_conv_scratch)(const bs_conv *);
  void (*direct_weight_grad)(const bs_weight_grad *, long first_row, long rows, float *dw, float *db, float *scratch);
  long (*direct_weight_grad_scratch)(const bs_weight_grad *);
  // 3x3 to at most four channels, forward only.
  void (*narrow_pack)(const bs_pack *, float *packed, int k_first, int k_count);
  void (*narrow_conv)(const bs_conv *, long first_row, long rows);
  // The head.
  void (*head_forward)(const bs_head *, int image, int y, int x, int h, int w, float *scratch);
  long (*head_scratch)(const bs_head *, int h, int w);
  void (*head_backward)(const bs_head_grad *, int image, int y, int h, float *grads, float *scratch);
  long (*head_backward_scratch)(const bs_head_grad *);
  // Pooling: planes of rows x columns x 16 lanes.
  void (*pool)(const float *src, float *dst, int h, int w, int blind);
  void (*pool_backward)(const float *src, const float *grad, float *dst, int h, int w, int blind);
  // Texture back, and what an estimate kept of the noise.
  void (*texture)(const bs_texture *, const float *noisy, const float *blind, float *out, float *scratch);
  void (*residue)(const bs_texture *, const float *estimate, float *out, float *scratch);
  long (*texture_scratch)(const bs_texture *); // of both
  // Elementwise. grad_scale multiplies the gradient.
  void (*adam)(float *w, const float *g, float *m, float *v, long n, float step, float beta1, float beta2, float eps, float correction2);
  void (*ema)(float *avg, const float *w, long n, float decay);
  long mr; // rows of the matrix product's register block
} bs_kernels;

// bs_select returns the table of the named set ("avx512", "avx2", "generic"),
// or the best one for this processor when name is empty; NULL if it cannot run here.
const bs_kernels *bs_select(const char *name);

float *bs_alloc(size_t floats); // zeroed, on huge pages where the system has them
void bs_free(float *p, size_t floats);

#endif
