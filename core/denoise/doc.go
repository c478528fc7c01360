// Package denoise takes a photo through the network: it cuts tiles, runs them,
// joins them without a seam, mixes the result back by strength, and does the
// same for the preview as for the file that is saved.
//
// # One plan
//
// A [Plan] says, for a photo of a given size, which windows (tiles) the network
// sees and with which weight each of them counts at each pixel. A pixel of the
// result is the sum of weight times value over the tiles that cover it, added up
// in whole numbers, whose order does not show. It depends on nothing else: not on
// which part of the photo is asked for, nor in which order, nor on how many tiles
// go through the network at once, nor on threads. So the cells of the preview and
// [Engine.Photo] agree byte for byte, and what is shown is what is saved.
//
// Because order does not matter, a tile is added to all cells around it as soon
// as it has run, and runs only once for a preview that goes from cell to
// neighbour, however much tiles overlap.
//
// # Two regimes
//
// Inside a tile the network pads with zeros. A network that was trained for
// long on large patches does not mind. It runs on large tiles whose outermost
// pixels (the halo) are thrown away, and neighbours fade into each other over a
// short feather. A network that was trained for minutes on small patches has
// learned that the zeros are near, and fails where they are not: 24.8 dB on a
// whole picture, 32.2 dB on tiles of the patch it knows, 33.4 dB when these
// overlap by half under a Hann window (same weights, strong noise). It gets
// exactly those tiles. The model records its patch, see [LongTrainedPatch].
//
// In both regimes tiles reach past the photo's edges, where the photo is
// continued by reflection.
//
// # Rounding
//
// Values are gamma-encoded, 0..255. Sums of tiles are whole multiples of 2⁻¹⁷.
// What the network says of a pixel is kept to 1/192; on it works the strength
// blend, in float32, and its result is rounded to the depth of the photo.
package denoise
