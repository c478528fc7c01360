// The C side of package turbo: one call reads a header, one decodes a picture,
// one encodes one. Nothing is kept between calls, no call comes back into Go,
// and libjpeg's jumps on errors never leave the function that set them up.
// Every pointer is Go memory lent for the call, except bs_jpeg_chunk.
#ifndef BLINDSPOT_JPEG_H
#define BLINDSPOT_JPEG_H

#include <stddef.h>
#include <stdint.h>

// How a call ended.
enum {
  BS_JPEG_FINE,
  BS_JPEG_TRUNCATED,   // the data ends before the picture does
  BS_JPEG_DAMAGED,     // message says how
  BS_JPEG_UNSUPPORTED, // message says what
  BS_JPEG_ENDLESS,     // more passes over the picture than any encoder makes
  BS_JPEG_MEMORY,      // libjpeg got none
  BS_JPEG_STOPPED,     // *stop became other than 0
};

typedef struct {
  int outcome;
  char message[200]; // libjpeg's words, for DAMAGED and UNSUPPORTED
} bs_jpeg_result;

typedef struct {
  int width, height; // pixels
  int channels;      // 1, 3 or 4
  int cmyk;          // whether the colours are those of print
  int huffman;       // 0: arithmetically coded
  int progressive;   // several scans
  long blocks;       // of 8x8 samples, all channels
} bs_jpeg_header;

void bs_jpeg_read_header(const unsigned char *data, size_t n, bs_jpeg_header *header, bs_jpeg_result *result);

// bs_jpeg_decode fills planes of w x h samples (8 bits, stored as v*257). A
// gray picture has only red. scale: eighths of the full size, 1 to 8; w and h
// are the scaled sides.
void bs_jpeg_decode(const unsigned char *data, size_t n, int scale, int w, int h, uint16_t *red, uint16_t *green,
                    uint16_t *blue, const int32_t *stop, bs_jpeg_result *result);

typedef struct {
  int quality;     // 1 to 100
  int progressive; // spectral selection in several scans
  int halved;      // colour at half the resolution (4:2:0)
  int optimise;    // Huffman tables made for this picture; costs 2 bytes a sample
} bs_jpeg_options;

// bs_jpeg_chunk is a part of an encoded picture, malloc'ed.
enum { BS_JPEG_CHUNK = 1 << 20 };
typedef struct bs_jpeg_chunk {
  struct bs_jpeg_chunk *next;
  size_t used;
  unsigned char data[BS_JPEG_CHUNK];
} bs_jpeg_chunk;

// bs_jpeg_encode returns the encoded picture, NULL unless the outcome is FINE.
// green and blue are NULL for a gray picture.
bs_jpeg_chunk *bs_jpeg_encode(int w, int h, const uint16_t *red, const uint16_t *green, const uint16_t *blue,
                              const bs_jpeg_options *options, const int32_t *stop, bs_jpeg_result *result);
void bs_jpeg_free(bs_jpeg_chunk *first);

const char *bs_jpeg_version(void);

#endif
