//go:build !noturbo

#include <jerror.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

typedef struct {
  bs_session session;
  struct jpeg_compress_struct info;
  struct jpeg_destination_mgr target;
  bs_jpeg_chunk *first, *last;
} encoder;

static encoder *encoder_of(j_compress_ptr info) { return (encoder *)info->err; }

static void add_chunk(j_compress_ptr info) {
  encoder *e = encoder_of(info);
  bs_jpeg_chunk *c = malloc(sizeof *c);
  if (c == NULL) {
    e->session.result->outcome = BS_JPEG_MEMORY;
    longjmp(e->session.back, 1);
  }
  c->next = NULL;
  c->used = 0;
  if (e->last == NULL) {
    e->first = c;
  } else {
    e->last->next = c;
  }
  e->last = c;
  e->target.next_output_byte = c->data;
  e->target.free_in_buffer = sizeof c->data;
}

static boolean chunk_full(j_compress_ptr info) {
  encoder_of(info)->last->used = BS_JPEG_CHUNK; // free_in_buffer need not be 0 here, says libjpeg
  add_chunk(info);
  return TRUE;
}

static void chunks_done(j_compress_ptr info) {
  encoder *e = encoder_of(info);
  e->last->used = BS_JPEG_CHUNK - e->target.free_in_buffer;
}

// to8 is v/257 rounded to the nearest whole number, without a division.
static inline uint32_t to8(uint32_t v) { return (v * 255 + 32895) >> 16; }

// join makes a row of pixels of 4 bytes.
static void join(uint32_t *restrict row, int w, const uint16_t *restrict red, const uint16_t *restrict green,
                 const uint16_t *restrict blue) {
  for (int x = 0; x < w; x++) {
    uint32_t v = to8(red[x]) | to8(green[x]) << 8 | to8(blue[x]) << 16;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    row[x] = v;
  }
}

static void join_gray(uint8_t *restrict row, int w, const uint16_t *restrict gray) {
  for (int x = 0; x < w; x++) row[x] = to8(gray[x]);
}

static void write_rows(j_compress_ptr info, const uint16_t *red, const uint16_t *green, const uint16_t *blue) {
  size_t w = info->image_width;
  JSAMPARRAY row = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, w * info->input_components, 1);
  while (info->next_scanline < info->image_height) {
    size_t at = info->next_scanline * w;
    if (green == NULL) {
      join_gray(row[0], w, red + at);
    } else {
      join((uint32_t *)row[0], w, red + at, green + at, blue + at);
    }
    jpeg_write_scanlines(info, row, 1);
  }
}

static void set_options(j_compress_ptr info, const bs_jpeg_options *o) {
  jpeg_set_defaults(info);
  jpeg_set_quality(info, o->quality, TRUE);
  info->dct_method = JDCT_ISLOW;
  info->write_JFIF_header = FALSE;
  info->write_Adobe_marker = FALSE;
  info->optimize_coding = o->optimise;
  for (int i = 0; i < info->num_components; i++) { // libjpeg's default is 4:2:0
    info->comp_info[i].h_samp_factor = info->comp_info[i].v_samp_factor = 1;
  }
  if (o->halved && info->num_components == 3) {
    info->comp_info[0].h_samp_factor = info->comp_info[0].v_samp_factor = 2;
  }
  if (o->progressive) jpeg_simple_progression(info);
}

bs_jpeg_chunk *bs_jpeg_encode(int w, int h, const uint16_t *red, const uint16_t *green, const uint16_t *blue,
                              const bs_jpeg_options *options, const int32_t *stop, bs_jpeg_result *result) {
  encoder e;
  memset(&e, 0, sizeof e);
  bs_session_start(&e.session, result, stop);
  e.info.err = &e.session.errors;
  e.target.init_destination = add_chunk;
  e.target.empty_output_buffer = chunk_full;
  e.target.term_destination = chunks_done;
  if (setjmp(e.session.back) == 0) {
    jpeg_create_compress(&e.info);
    e.info.dest = &e.target;
    e.info.progress = &e.session.progress;
    e.info.image_width = w;
    e.info.image_height = h;
    e.info.input_components = green == NULL ? 1 : 4;
    e.info.in_color_space = green == NULL ? JCS_GRAYSCALE : JCS_EXT_RGBX;
    set_options(&e.info, options);
    jpeg_start_compress(&e.info, TRUE);
    write_rows(&e.info, red, green, blue);
    jpeg_finish_compress(&e.info);
  }
  jpeg_destroy_compress(&e.info);
  if (result->outcome != BS_JPEG_FINE) {
    bs_jpeg_free(e.first);
    return NULL;
  }
  return e.first;
}

void bs_jpeg_free(bs_jpeg_chunk *first) {
  while (first != NULL) {
    bs_jpeg_chunk *next = first->next;
    free(first);
    first = next;
  }
}
