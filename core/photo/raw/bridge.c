//go:build !noraw

#include "bridge.h"

#ifdef _WIN32
#include <windows.h>
#endif

#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 22)
typedef INT64 file_offset;
#else
typedef int file_offset;
#endif

static void note_trouble(void *data, const char *file, const file_offset offset) {
  raw_trouble *trouble = data;
  (void)file;
  if (offset < 0)
    trouble->early++;
  else
    trouble->damaged++;
}

libraw_data_t *raw_new(raw_trouble *trouble) {
  unsigned flags = LIBRAW_OPIONS_NO_DATAERR_CALLBACK;
#if LIBRAW_COMPILE_CHECK_VERSION(0, 20)
  flags |= LIBRAW_OPIONS_NO_MEMERR_CALLBACK; // later versions print nothing
#endif
  libraw_data_t *lr = libraw_init(flags);
  if (!lr)
    return NULL;
  libraw_set_dataerror_handler(lr, note_trouble, trouble);

  libraw_output_params_t *p = &lr->params;
  p->use_camera_wb = 1;
  p->no_auto_bright = 1;
  p->adjust_maximum_thr = 0; // white is what the camera says, not the brightest pixel of this photo
  p->output_color = 1;       // sRGB
  p->output_bps = 16;
  p->gamm[0] = 1 / 2.4;
  p->gamm[1] = 12.92;
  p->user_qual = 3; // AHD; for X-Trans three passes
  return lr;
}

int raw_open(libraw_data_t *lr, const char *path) {
#ifdef _WIN32
  wchar_t wide[32768];
  if (!MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, sizeof wide / sizeof *wide))
    return LIBRAW_IO_ERROR;
  return libraw_open_wfile(lr, wide);
#else
  return libraw_open_file(lr, path);
#endif
}

void raw_limit(libraw_data_t *lr, unsigned megabytes) {
#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 21)
  lr->rawparams.max_raw_memory_mb = megabytes;
#else
  lr->params.max_raw_memory_mb = megabytes;
#endif
}
