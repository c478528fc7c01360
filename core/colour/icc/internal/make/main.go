//go:build !nolcms

// Make writes the sRGB profile that package icc embeds: little CMS's primaries
// and curve, in version 2 with a curve of 1,024 points, a quarter of what little
// CMS writes by itself. Date and identifier are fixed, so that the bytes are the
// same each time.
//
//	go run ./internal/make srgb.icc
package main

/*
#cgo pkg-config: lcms2
#include <lcms2.h>
#include <stdlib.h>
#include <string.h>

static void set_text(cmsHPROFILE p, cmsTagSignature tag, const char *text) {
  cmsMLU *mlu = cmsMLUalloc(NULL, 1);
  cmsMLUsetASCII(mlu, "en", "US", text);
  cmsWriteTag(p, tag, mlu);
  cmsMLUfree(mlu);
}

// make_srgb returns malloc'ed bytes, NULL on failure.
static void *make_srgb(cmsUInt32Number *n) {
  enum { POINTS = 1024 };
  cmsCIExyY white = {0.3127, 0.3290, 1};
  cmsCIExyYTRIPLE primaries = {{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
  cmsFloat64Number iec[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  cmsToneCurve *exact = cmsBuildParametricToneCurve(NULL, 4, iec);
  cmsUInt16Number points[POINTS];
  for (int i = 0; i < POINTS; i++) points[i] = (cmsUInt16Number)(cmsEvalToneCurveFloat(exact, i / (POINTS - 1.0f)) * 65535 + 0.5f);
  cmsToneCurve *curve = cmsBuildTabulatedToneCurve16(NULL, POINTS, points);
  cmsToneCurve *curves[] = {curve, curve, curve};
  cmsHPROFILE p = cmsCreateRGBProfile(&white, &primaries, curves);
  cmsSetProfileVersion(p, 2.1);
  set_text(p, cmsSigProfileDescriptionTag, "sRGB");
  set_text(p, cmsSigCopyrightTag, "No copyright, use freely");
  void *out = NULL;
  if (cmsSaveProfileToMem(p, NULL, n) && (out = malloc(*n)) != NULL) cmsSaveProfileToMem(p, out, n);
  cmsCloseProfile(p);
  cmsFreeToneCurve(curve);
  cmsFreeToneCurve(exact);
  return out;
}
*/
import "C"

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"os"
	"unsafe"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: make FILE")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "make:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	var n C.cmsUInt32Number
	memory := C.make_srgb(&n)
	if memory == nil {
		return fmt.Errorf("little CMS made no profile")
	}
	defer C.free(memory)
	profile := C.GoBytes(unsafe.Pointer(memory), C.int(n))
	// ICC.1:2001-04, section 6.1: the date is at 24, the identifier at 84. The
	// latter is computed with itself, flags and intent at zero (ICC.1:2022, 7.2.18).
	for i, v := range []uint16{2020, 1, 1, 0, 0, 0} {
		binary.BigEndian.PutUint16(profile[24+2*i:], v)
	}
	clear(profile[44:48])
	clear(profile[64:68])
	clear(profile[84:100])
	sum := md5.Sum(profile)
	copy(profile[84:], sum[:])
	return os.WriteFile(path, profile, 0o644)
}
