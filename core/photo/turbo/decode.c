//go:build !noturbo

#include <string.h>

#include "session.h"

// A progressive picture is sent in passes. Encoders make about ten; a file that
// goes over the picture more often than this is made to keep us busy.
enum { MOST_PASSES = 50 };

typedef struct {
  bs_session session;
  struct jpeg_decompress_struct info;
} decoder;

// open_decoder begins to read; the caller has set d->session.back.
static void open_decoder(decoder *d, const unsigned char *data, size_t n) {
  jpeg_create_decompress(&d->info);
  d->info.progress = &d->session.progress;
  jpeg_mem_src(&d->info, data, n);
  jpeg_read_header(&d->info, TRUE);
}

static double blocks_of(j_decompress_ptr d) {
  double blocks = 0;
  for (int i = 0; i < d->num_components; i++) {
    blocks += (double)d->comp_info[i].width_in_blocks * d->comp_info[i].height_in_blocks;
  }
  return blocks;
}

void bs_jpeg_read_header(const unsigned char *data, size_t n, bs_jpeg_header *header, bs_jpeg_result *result) {
  decoder d;
  memset(&d, 0, sizeof d);
  bs_session_start(&d.session, result, NULL);
  d.info.err = &d.session.errors;
  if (setjmp(d.session.back) == 0) {
    open_decoder(&d, data, n);
    J_COLOR_SPACE space = d.info.jpeg_color_space;
    header->width = d.info.image_width;
    header->height = d.info.image_height;
    header->channels = d.info.num_components;
    header->cmyk = space == JCS_CMYK || space == JCS_YCCK;
    header->huffman = !d.info.arith_code;
    header->progressive = jpeg_has_multiple_scans(&d.info);
    header->blocks = (long)blocks_of(&d.info);
  }
  jpeg_destroy_decompress(&d.info);
}

// spread takes a row of pixels of 4 bytes apart.
static void spread(const uint32_t *restrict row, int w, uint16_t *restrict red, uint16_t *restrict green,
                   uint16_t *restrict blue) {
  for (int x = 0; x < w; x++) {
    // The masks are those of JCS_EXT_RGBX on little-endian machines.
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    uint32_t v = __builtin_bswap32(row[x]);
#else
    uint32_t v = row[x];
#endif
    red[x] = (uint16_t)((v & 255) * 257);
    green[x] = (uint16_t)((v >> 8 & 255) * 257);
    blue[x] = (uint16_t)((v >> 16 & 255) * 257);
  }
}

static void spread_gray(const uint8_t *restrict row, int w, uint16_t *restrict gray) {
  for (int x = 0; x < w; x++) gray[x] = (uint16_t)(row[x] * 257);
}

static void read_rows(j_decompress_ptr info, uint16_t *red, uint16_t *green, uint16_t *blue) {
  enum { ROWS = 4 };
  size_t w = info->output_width;
  JSAMPARRAY rows = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, w * info->output_components, ROWS);
  while (info->output_scanline < info->output_height) {
    size_t at = info->output_scanline * w;
    int got = jpeg_read_scanlines(info, rows, ROWS);
    for (int i = 0; i < got; i++, at += w) {
      if (green == NULL) {
        spread_gray(rows[i], w, red + at);
      } else {
        spread((const uint32_t *)rows[i], w, red + at, green + at, blue + at);
      }
    }
  }
}

// judge says what the warnings amount to.
static int judge(const decoder *d) {
  const bs_session *s = &d->session;
  // Huffman codes tell when bits are missing; where they do not, only the end
  // marker is. Arithmetic codes never tell, and scans can be missing as a whole.
  int silent_loss = d->info.arith_code || jpeg_has_multiple_scans((j_decompress_ptr)&d->info);
  if (s->at_end && (s->starved || s->damaged || silent_loss)) return BS_JPEG_TRUNCATED;
  if (s->starved || s->damaged) return BS_JPEG_DAMAGED;
  return BS_JPEG_FINE;
}

void bs_jpeg_decode(const unsigned char *data, size_t n, int scale, int w, int h, uint16_t *red, uint16_t *green,
                    uint16_t *blue, const int32_t *stop, bs_jpeg_result *result) {
  decoder d;
  memset(&d, 0, sizeof d);
  bs_session_start(&d.session, result, stop);
  d.info.err = &d.session.errors;
  if (setjmp(d.session.back) == 0) {
    open_decoder(&d, data, n);
    d.info.out_color_space = green == NULL ? JCS_GRAYSCALE : JCS_EXT_RGBX;
    d.info.dct_method = JDCT_ISLOW;
    d.info.do_fancy_upsampling = TRUE;
    d.info.scale_num = scale;
    d.info.scale_denom = 8;
    d.session.most = MOST_PASSES * blocks_of(&d.info);
    d.session.absorbing = jpeg_has_multiple_scans(&d.info);
    jpeg_start_decompress(&d.info);
    d.session.absorbing = 0;
    if ((int)d.info.output_width != w || (int)d.info.output_height != h) {
      result->outcome = BS_JPEG_DAMAGED;
    } else {
      read_rows(&d.info, red, green, blue);
      result->outcome = judge(&d);
    }
  }
  jpeg_destroy_decompress(&d.info);
}
