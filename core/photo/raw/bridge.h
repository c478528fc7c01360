// What LibRaw's C interface lacks, and what differs between its versions.
#ifndef BLINDSPOT_RAW_BRIDGE_H
#define BLINDSPOT_RAW_BRIDGE_H

#include <libraw.h>

// raw_trouble counts what a decoder stumbled over without giving up.
typedef struct {
  int early;   // reads past the end of the file
  int damaged; // data that cannot be
} raw_trouble;

// raw_new returns a decoder with this program's settings, NULL without memory.
libraw_data_t *raw_new(raw_trouble *trouble);

// raw_open opens a file by its name in UTF-8 (on Windows) or in bytes.
int raw_open(libraw_data_t *lr, const char *path);

// raw_limit bounds what is allocated for the sensor's pixels.
void raw_limit(libraw_data_t *lr, unsigned megabytes);

#endif
