//go:build !nolcms

#include "lcms.h"

#include <lcms2.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

struct bs_icc {
  cmsContext context;
  cmsHTRANSFORM rgba8, rgb16, gray16;
};

static void silent(cmsContext context, cmsUInt32Number code, const char *text) {
  (void)context, (void)code, (void)text;
}

static cmsContext new_context(void) {
  cmsContext context = cmsCreateContext(NULL, NULL);
  if (context != NULL) cmsSetLogErrorHandlerTHR(context, silent);
  return context;
}

// The colours that both spaces have are kept as they are; black becomes black.
// That is what viewers of photos do, and with matrix profiles there is no other
// way. NOCACHE makes the transform safe to share.
static cmsHTRANSFORM transform(const bs_icc *t, cmsHPROFILE from, cmsUInt32Number in, cmsHPROFILE to, cmsUInt32Number out,
                               cmsUInt32Number flags) {
  return cmsCreateTransformTHR(t->context, from, in, to, out, INTENT_RELATIVE_COLORIMETRIC,
                               cmsFLAGS_NOCACHE | cmsFLAGS_BLACKPOINTCOMPENSATION | flags);
}

static int is_source(cmsHPROFILE profile) {
  switch (cmsGetDeviceClass(profile)) {
  case cmsSigInputClass:
  case cmsSigDisplayClass:
  case cmsSigOutputClass:
  case cmsSigColorSpaceClass:
    return 1;
  default:
    return 0;
  }
}

static int make(bs_icc *t, cmsHPROFILE from, int channels) {
  // lcms's quick ways for 16 bits straighten steep curves near black, which
  // moves the darkest 2 % by up to a step of 8 bits and a half.
  const cmsUInt32Number exact = cmsFLAGS_NOOPTIMIZE;
  if (!is_source(from)) return BS_ICC_UNUSABLE;
  if (cmsGetColorSpace(from) != (channels == 1 ? cmsSigGrayData : cmsSigRgbData)) return BS_ICC_SPACE;
  cmsHPROFILE to = cmsCreate_sRGBProfileTHR(t->context);
  if (to == NULL) return BS_ICC_UNUSABLE;
  if (channels == 1) {
    // Through RGB and back to one channel: the three are equal.
    t->gray16 = transform(t, from, TYPE_GRAY_16, to, TYPE_RGB_16, exact);
  } else {
    t->rgba8 = transform(t, from, TYPE_RGBA_8, to, TYPE_RGBA_8, 0);
    t->rgb16 = transform(t, from, TYPE_RGB_16, to, TYPE_RGB_16, exact);
  }
  cmsCloseProfile(to);
  return t->gray16 != NULL || (t->rgba8 != NULL && t->rgb16 != NULL) ? BS_ICC_FINE : BS_ICC_UNUSABLE;
}

bs_icc *bs_icc_open(const void *profile, size_t n, int channels, int *reason) {
  bs_icc *t = calloc(1, sizeof *t);
  *reason = BS_ICC_UNUSABLE;
  if (t == NULL) return NULL;
  t->context = new_context();
  if (t->context != NULL) {
    cmsHPROFILE from = cmsOpenProfileFromMemTHR(t->context, profile, (cmsUInt32Number)n);
    *reason = BS_ICC_DAMAGED;
    if (from != NULL) {
      *reason = make(t, from, channels);
      cmsCloseProfile(from);
    }
  }
  if (*reason == BS_ICC_FINE) return t;
  bs_icc_close(t);
  return NULL;
}

void bs_icc_close(bs_icc *t) {
  if (t->rgba8 != NULL) cmsDeleteTransform(t->rgba8);
  if (t->rgb16 != NULL) cmsDeleteTransform(t->rgb16);
  if (t->gray16 != NULL) cmsDeleteTransform(t->gray16);
  if (t->context != NULL) cmsDeleteContext(t->context);
  free(t);
}

void bs_icc_rgba8(const bs_icc *t, unsigned char *pixels, uint32_t n) { cmsDoTransform(t->rgba8, pixels, pixels, n); }

void bs_icc_planes16(const bs_icc *t, uint16_t *red, uint16_t *green, uint16_t *blue, size_t n) {
  enum { PART = 256 };
  uint16_t in[3 * PART], out[3 * PART];
  for (size_t at = 0; at < n; at += PART) {
    size_t part = n - at < PART ? n - at : PART;
    if (t->gray16 != NULL) {
      cmsDoTransform(t->gray16, red + at, out, part);
      for (size_t i = 0; i < part; i++) red[at + i] = out[3 * i];
      continue;
    }
    for (size_t i = 0; i < part; i++) {
      in[3 * i] = red[at + i];
      in[3 * i + 1] = green[at + i];
      in[3 * i + 2] = blue[at + i];
    }
    cmsDoTransform(t->rgb16, in, out, part);
    for (size_t i = 0; i < part; i++) {
      red[at + i] = out[3 * i];
      green[at + i] = out[3 * i + 1];
      blue[at + i] = out[3 * i + 2];
    }
  }
}

// to_utf8 writes as many characters as fit, and a zero.
static void to_utf8(char *out, size_t size, const wchar_t *text) {
  char *end = out + size - 4;
  for (; *text != 0 && out < end; text++) {
    uint32_t c = (uint32_t)*text;
    if (c < 0x80) {
      *out++ = c;
    } else if (c < 0x800) {
      *out++ = 0xc0 | c >> 6;
      *out++ = 0x80 | (c & 63);
    } else {
      *out++ = 0xe0 | (c >> 12 & 15); // lcms gives 16 bits a character
      *out++ = 0x80 | (c >> 6 & 63);
      *out++ = 0x80 | (c & 63);
    }
  }
  *out = 0;
}

int bs_icc_describe(const void *profile, size_t n, bs_icc_info *info) {
  cmsContext context = new_context();
  if (context == NULL) return 0;
  cmsHPROFILE p = cmsOpenProfileFromMemTHR(context, profile, (cmsUInt32Number)n);
  if (p != NULL) {
    wchar_t name[200] = {0};
    cmsGetProfileInfo(p, cmsInfoDescription, "en", "US", name, sizeof name);
    name[199] = 0;
    to_utf8(info->name, sizeof info->name, name);
    info->space = cmsGetColorSpace(p);
    info->purpose = cmsGetDeviceClass(p);
    info->version = cmsGetProfileVersion(p);
    cmsCloseProfile(p);
  }
  cmsDeleteContext(context);
  return p != NULL;
}

int bs_icc_version(void) { return cmsGetEncodedCMMversion(); }
