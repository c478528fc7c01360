// What decoding and encoding share: errors, warnings and cancelling.
#ifndef BLINDSPOT_JPEG_SESSION_H
#define BLINDSPOT_JPEG_SESSION_H

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "jpeg.h"

// bs_session is what libjpeg's callbacks reach through their jpeg_error_mgr,
// which must stay the first field.
typedef struct {
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf back; // to the function that called libjpeg
  bs_jpeg_result *result;
  const int32_t *stop;

  // Set by warnings.
  int at_end; // the data ran out
  int starved; // a scan had too few bits
  int damaged; // something else is wrong with the data; result->message says what

  // While all scans of a picture are read before its first row.
  int absorbing;
  double work, most; // blocks read and allowed
} bs_session;

// bs_session_start makes s the error manager of a libjpeg object, of which it
// needs the two common fields. s must be all zero.
void bs_session_start(bs_session *s, bs_jpeg_result *result, const int32_t *stop);

#endif
