// Package kernel computes the layers of a blind-spot network on the processor:
// 3×3 convolutions (ordinary and blind), 1×1 convolutions behind rotations and
// shifts, max-pooling, and the optimiser, each with its backward passes.
//
// The work is done by C compiled once for each instruction set (AVX-512,
// AVX2 with FMA, and generic vectors, which become NEON on arm64) and chosen at
// run time. The environment variable BLINDSPOT_ISA (avx512, avx2 or generic)
// forces one.
//
// Rules that hold throughout:
//
//   - Activations are float32 in blocks of 16 channels: image, block, row,
//     column, channel. Channels past the last one are zero.
//   - Memory comes from an Arena and is reused: the first touch of fresh
//     memory costs more than the arithmetic.
//   - A layer is cut into items that the workers of a Pool take in turn. How
//     it is cut depends on the layer alone, and sums are taken in a fixed
//     order, so results are bit-identical for any number of workers.
//   - An image of a batch is computed as if it were alone.
//   - Upsampling, concatenation, rotation and shift are addresses in the next
//     layer's reads; those tensors never exist.
package kernel

// #cgo CFLAGS: -O3 -Wall
// #cgo LDFLAGS: -lm
// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"fmt"
	"os"
	"unsafe"
)

// Lanes is the number of channels in a block.
const Lanes = C.BS_LANES

// slope of every LeakyReLU in the network (§2 of the design, AT-BSN's published network).
const slope = 0.1

// table returns the kernels of the forced or the best instruction set.
func table() *C.bs_kernels {
	name := C.CString(os.Getenv("BLINDSPOT_ISA"))
	defer C.free(unsafe.Pointer(name))
	return C.bs_select(name)
}

// InstructionSet names the kernels in use: "avx512", "avx2" or "generic". It is
// an error to force one that this processor does not have.
func InstructionSet() (string, error) {
	k := table()
	if k == nil {
		return "", fmt.Errorf("the instruction set %q (BLINDSPOT_ISA) is unknown or not available on this processor", os.Getenv("BLINDSPOT_ISA"))
	}
	return C.GoString(k.name), nil
}

func floats(s []float32) *C.float { return (*C.float)(unsafe.Pointer(unsafe.SliceData(s))) }
