package app

// RemovedGain is how much stronger than it was the picture of what was removed shows it.
const RemovedGain = 4

// Removed writes what was taken away from a row of noisy pixels, RGBA with 8 bits, as a picture: RemovedGain times the
// difference around mid gray. Where nothing was taken away it is exactly 128. Out may be one of the others.
func Removed(out, noisy, denoised []uint8) {
	const gray = 128
	for i := 0; i+4 <= len(out); i += 4 {
		a, b, to := noisy[i:][:4], denoised[i:][:4], out[i:][:4]
		for c := range 3 {
			to[c] = uint8(min(max(gray+RemovedGain*(int(a[c])-int(b[c])), 0), 255))
		}
		to[3] = 255
	}
}
