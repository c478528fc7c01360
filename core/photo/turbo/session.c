//go:build !noturbo

#include "session.h"

#include <jerror.h>

static bs_session *session_of(j_common_ptr cinfo) { return (bs_session *)cinfo->err; }

static int outcome_of(int code) {
  switch (code) {
  case JERR_BAD_PRECISION:
  case JERR_SOF_UNSUPPORTED:
  case JERR_ARITH_NOTIMPL:
  case JERR_FRACT_SAMPLE_NOTIMPL:
  case JERR_CCIR601_NOTIMPL:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_COMPONENT_COUNT:
  case JERR_IMAGE_TOO_BIG:
  case JERR_WIDTH_OVERFLOW:
    return BS_JPEG_UNSUPPORTED;
  case JERR_OUT_OF_MEMORY:
  case JERR_NO_BACKING_STORE:
    return BS_JPEG_MEMORY;
  }
  return BS_JPEG_DAMAGED;
}

// fail is libjpeg's error_exit, which must not return.
static void fail(j_common_ptr cinfo) {
  bs_session *s = session_of(cinfo);
  if (s->result->outcome == BS_JPEG_FINE) {
    s->result->outcome = outcome_of(s->errors.msg_code);
    // Where the data has run out, everything that looks wrong is its end.
    if (s->at_end && s->result->outcome == BS_JPEG_DAMAGED) s->result->outcome = BS_JPEG_TRUNCATED;
    s->errors.format_message(cinfo, s->result->message);
  }
  longjmp(s->back, 1);
}

// warn is libjpeg's emit_message; levels from 0 on are only talk.
static void warn(j_common_ptr cinfo, int level) {
  bs_session *s = session_of(cinfo);
  if (level >= 0) return;
  switch (s->errors.msg_code) {
  case JWRN_JPEG_EOF:
    s->at_end = 1;
    return;
  case JWRN_HIT_MARKER:
    s->starved = 1;
    return;
  // These say that the writer was sloppy; every pixel is there.
  case JWRN_EXTRANEOUS_DATA:
  case JWRN_JFIF_MAJOR:
  case JWRN_ADOBE_XFORM:
  case JWRN_NOT_SEQUENTIAL:
    return;
  }
  if (!s->damaged) s->errors.format_message(cinfo, s->result->message);
  s->damaged = 1;
}

static void silent(j_common_ptr cinfo) { (void)cinfo; }

// watch is called for every few rows of blocks, in each direction.
static void watch(j_common_ptr cinfo) {
  bs_session *s = session_of(cinfo);
  if (s->stop != NULL && __atomic_load_n(s->stop, __ATOMIC_RELAXED) != 0) {
    s->result->outcome = BS_JPEG_STOPPED;
    longjmp(s->back, 1);
  }
  if (!s->absorbing) return;
  j_decompress_ptr d = (j_decompress_ptr)cinfo;
  for (int i = 0; i < d->comps_in_scan; i++) {
    jpeg_component_info *c = d->cur_comp_info[i];
    s->work += (double)c->width_in_blocks * c->v_samp_factor;
  }
  if (s->work > s->most) {
    s->result->outcome = BS_JPEG_ENDLESS;
    longjmp(s->back, 1);
  }
}

void bs_session_start(bs_session *s, bs_jpeg_result *result, const int32_t *stop) {
  jpeg_std_error(&s->errors);
  s->errors.error_exit = fail;
  s->errors.emit_message = warn;
  s->errors.output_message = silent;
  s->progress.progress_monitor = watch;
  s->result = result;
  s->stop = stop;
  result->outcome = BS_JPEG_FINE;
  result->message[0] = 0;
}

#define QUOTED(x) #x
#define VALUE(x) QUOTED(x)
const char *bs_jpeg_version(void) { return VALUE(LIBJPEG_TURBO_VERSION); }
