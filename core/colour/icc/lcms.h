// The C side of package icc: a transform is made once and may then be used by
// any number of threads. Pointers of samples are Go memory lent for the call.
#ifndef BLINDSPOT_LCMS_H
#define BLINDSPOT_LCMS_H

#include <stddef.h>
#include <stdint.h>

typedef struct bs_icc bs_icc;

// How opening a profile ended.
enum {
  BS_ICC_FINE,
  BS_ICC_DAMAGED,  // lcms cannot read it
  BS_ICC_SPACE,    // the profile is for other colours than the picture's
  BS_ICC_UNUSABLE, // it has no way from its colours to others
};

// bs_icc_open makes a transform to sRGB for pictures of 1 or 3 channels, NULL
// with a reason otherwise.
bs_icc *bs_icc_open(const void *profile, size_t n, int channels, int *reason);
void bs_icc_close(bs_icc *t);

// bs_icc_rgba8 transforms pixels of red, green, blue and something that stays,
// in place. Three channels only.
void bs_icc_rgba8(const bs_icc *t, unsigned char *pixels, uint32_t n);

// bs_icc_planes16 transforms n samples of each plane in place; a gray picture
// has only red.
void bs_icc_planes16(const bs_icc *t, uint16_t *red, uint16_t *green, uint16_t *blue, size_t n);

typedef struct {
  char name[256];   // UTF-8
  uint32_t space;   // four letters
  uint32_t purpose; // four letters: the profile's class
  double version;
} bs_icc_info;

// bs_icc_describe returns 0 if the profile cannot be read.
int bs_icc_describe(const void *profile, size_t n, bs_icc_info *info);

int bs_icc_version(void);

#endif
