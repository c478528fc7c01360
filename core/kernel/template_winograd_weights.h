// The weight gradient of a 3x3 convolution through Winograd, and the transforms
// of its weights:
//
//	dg = Gt [ (Bt d B) . (A dY At) ] G
//
// The sums over tiles of the middle are 36 matrix products; one transform per
// layer turns them into taps.

INLINE void FN(expand)(const int side, const VF *y, VF *m) {
  if (side == 5) {
    VF even = y[0] + y[2], odd = y[1] + y[3];
    m[0] = y[0];
    m[1] = even + odd;
    m[2] = even - odd;
    m[3] = (y[0] + 2.0f * y[1]) + (4.0f * y[2] + 8.0f * y[3]);
    m[4] = y[3];
    return;
  }
  VF a = y[0] + y[2], b = y[1] + y[3], c = y[0] + 4.0f * y[2], d = 2.0f * y[1] + 8.0f * y[3];
  m[0] = y[0];
  m[1] = a + b;
  m[2] = a - b;
  m[3] = c + d;
  m[4] = c - d;
  m[5] = y[3];
}

// FN(transform_grad) writes A dY At of one block of one tile and adds dY to db.
INLINE void FN(transform_grad)(const int side, const float *plane, FN(tile) at, FN(grid) g, float *v, long stride, float *db) {
  for (int lane = 0; lane < BS_LANES; lane += VL) {
    VF s[6][4], sum = FN(load)(db + lane);
    const float *p = plane + at.y * g.row + at.x * g.column + lane;
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
      VF y[4], out[6];
      for (int i = 0; i < 4; i++) {
        int in = at.y + i < g.h && at.x + j < g.w;
        y[i] = in ? FN(load)(p + i * g.row + j * g.column) : (VF){0};
        sum += y[i];
      }
      FN(expand)(side, y, out);
#pragma GCC unroll 6
      for (int i = 0; i < side; i++) s[i][j] = out[i];
    }
    FN(store)(db + lane, sum);
#pragma GCC unroll 6
    for (int i = 0; i < side; i++) {
      VF out[6];
      FN(expand)(side, s[i], out);
#pragma GCC unroll 6
      for (int j = 0; j < side; j++) FN(store)(v + (i * side + j) * stride + lane, out[j]);
    }
  }
}

static long FN(weight_grad_scratch)(const int products, const bs_weight_grad *g) {
  long block = FN(GRAD_BATCH) * BS_LANES;
  return products * (FN(apart)(g->dz.blocks * block) + FN(apart)(FN(GRAD_CHUNK) * block));
}

static long FN(wino_weight_grad_scratch)(const bs_weight_grad *g) { return FN(weight_grad_scratch)(BS_TRANSFORM, g); }

// FN(weight_grad) adds the tiles' share to du[side*side][kblocks*16][nblocks*16]
// and db[nblocks*16]. dz and at say where the gradient stands, (y0, x0) where
// the input's first tile begins. The gradient's transform stays in the cache
// while the input passes by in chunks of three blocks.
INLINE void FN(weight_grad)(const int side, const bs_weight_grad *g, const float *dz, FN(grid) at, int y0, int x0, long first,
                            long tiles, float *du, float *db, float *scratch) {
  const int products = side * side;
  int nb = g->dz.blocks, kb = FN(source_blocks)(g->sources, g->source);
  long ld = (long)nb * BS_LANES;
  for (long done = 0; done < tiles; done += FN(GRAD_BATCH)) {
    long count = tiles - done < FN(GRAD_BATCH) ? tiles - done : FN(GRAD_BATCH), block = count * BS_LANES;
    long m_stride = FN(apart)(nb * block), v_stride = FN(apart)(FN(GRAD_CHUNK) * block);
    float *dm = scratch, *v = scratch + products * m_stride;
    for (int b = 0; b < nb; b++)
      for (long t = 0; t < count; t++) {
        FN(tile) tile = FN(tile_at)(first + done + t, g->h, g->w);
        FN(transform_grad)(side, dz + tile.image * g->dz.image + b * g->dz.block, tile, at, dm + b * block + t * BS_LANES,
                           m_stride, db + b * BS_LANES);
      }
    int k = 0;
    for (int s = 0; s < g->sources; s++)
      for (int b0 = 0; b0 < g->source[s].blocks; b0 += FN(GRAD_CHUNK)) {
        int b1 = b0 + FN(GRAD_CHUNK) < g->source[s].blocks ? b0 + FN(GRAD_CHUNK) : g->source[s].blocks;
        if (side == FN(SIDE))
          FN(gather_small)(&g->source[s], FN(plain_grid)(g->h, g->w, 0), y0, x0, first + done, count, b0, b1, v, v_stride, count);
        else
          FN(gather_batch)(&g->source[s], y0, g->h, g->w, first + done, count, b0, b1, v, v_stride, count);
        for (int xi = 0; xi < products; xi++)
          for (int b = b0; b < b1; b++)
            FN(multiply_transposed)(v + xi * v_stride + (b - b0) * block, (int)count, nb, dm + xi * m_stride, block,
                                    du + ((long)xi * kb + k + b - b0) * BS_LANES * ld, ld, BS_LANES);
        k += b1 - b0;
      }
  }
}

static void FN(wino_weight_grad)(const bs_weight_grad *g, long first, long tiles, float *du, float *db, float *scratch) {
  FN(weight_grad)(6, g, g->dz.data, FN(plain_grid)(g->h, g->w, 0), g->first_row, -1, first, tiles, du, db, scratch);
}

static const double FN(G)[6][3] = {{1.0 / 4, 0, 0},
                                   {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                   {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                   {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                   {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                   {0, 0, 1}};

INLINE void FN(read_taps)(const bs_pack *p, int k, int n, float taps[9]) {
  int kc = p->k_map[k], nc = p->n_map[n];
  for (int i = 0; i < 9; i++)
    taps[i] = kc < 0 || nc < 0 ? 0 : p->weights[kc * p->k_stride + nc * p->n_stride + (p->flip ? 8 - i : i)];
}

// FN(wino_pack) writes G g Gt into packed[36][k_channels][n_channels] for some k.
static void FN(wino_pack)(const bs_pack *p, float *packed, int k_first, int k_count) {
  for (int k = k_first; k < k_first + k_count; k++)
    for (int n0 = 0; n0 < p->n_channels; n0 += BS_LANES) {
      float g[9][BS_LANES];
      for (int l = 0; l < BS_LANES; l++) {
        float taps[9];
        FN(read_taps)(p, k, n0 + l, taps);
        for (int i = 0; i < 9; i++) g[i][l] = taps[i];
      }
      double t[6][3][BS_LANES];
      for (int i = 0; i < 6; i++)
        for (int j = 0; j < 3; j++)
          for (int l = 0; l < BS_LANES; l++)
            t[i][j][l] = FN(G)[i][0] * g[j][l] + FN(G)[i][1] * g[3 + j][l] + FN(G)[i][2] * g[6 + j][l];
      for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
          float *out = packed + ((long)(i * 6 + j) * p->k_channels + k) * p->n_channels + n0;
          for (int l = 0; l < BS_LANES; l++)
            out[l] = (float)(FN(G)[j][0] * t[i][0][l] + FN(G)[j][1] * t[i][1][l] + FN(G)[j][2] * t[i][2][l]);
        }
    }
}

// FN(wino_unpack) sums the parts of one k in order and writes Gt dU G as taps[n_channels][9].
static void FN(wino_unpack)(const float *du, int parts, long part_stride, int k, int k_channels, int n_channels, float *taps) {
  for (int n0 = 0; n0 < n_channels; n0 += BS_LANES) {
    float u[BS_TRANSFORM][BS_LANES], t[3][6][BS_LANES];
    for (int xi = 0; xi < BS_TRANSFORM; xi++)
      for (int l = 0; l < BS_LANES; l++) {
        const float *p = du + ((long)xi * k_channels + k) * n_channels + n0 + l;
        float sum = p[0];
        for (int part = 1; part < parts; part++) sum += p[part * part_stride];
        u[xi][l] = sum;
      }
    for (int a = 0; a < 3; a++)
      for (int j = 0; j < 6; j++)
        for (int l = 0; l < BS_LANES; l++) {
          float sum = 0;
          for (int i = 0; i < 6; i++) sum += (float)FN(G)[i][a] * u[i * 6 + j][l];
          t[a][j][l] = sum;
        }
    for (int a = 0; a < 3; a++)
      for (int b = 0; b < 3; b++)
        for (int l = 0; l < BS_LANES; l++) {
          float sum = 0;
          for (int j = 0; j < 6; j++) sum += (float)FN(G)[j][b] * t[a][j][l];
          taps[(n0 + l) * 9 + a * 3 + b] = sum;
        }
  }
}
