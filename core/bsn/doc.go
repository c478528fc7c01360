// Package bsn is AT-BSN, the asymmetric tunable blind-spot network (Chen, Zhang, Yu, Huang: "Exploring Efficient
// Asymmetric Blind-Spots for Self-Supervised Denoising in Real-World Scenarios", CVPR 2024, arXiv 2303.16783), and its files.
//
// A blind-spot network guesses each pixel from its surroundings without seeing the pixel itself. Trained to reproduce noisy
// pictures, it therefore learns the picture and not the noise. How many pixels around the centre it does not see, the Hole,
// can be changed after training: a small hole keeps detail and grain, a large one is smoother.
//
// Two networks share one set of names and sizes (Config):
//
//   - Teacher is the blind-spot network: a blind U-Net, the trunk, sees the picture in four rotations, and a head of 1×1
//     layers joins them behind a shift that opens the hole. One pass of the trunk serves every hole.
//   - Student is the same U-Net with ordinary convolutions. It learns from the teacher at all holes and takes a tenth of
//     the time.
//
// Both take pictures as float32 tensors N×C×H×W of gamma-encoded samples 0..255, with sides that are multiples of 32, and give
// pictures of the same shape. Both have a Gradient for training; the optimiser is in package kernel, the loop in train.
//
// Params holds the weights under the names of the published network, so that its checkpoints fit. A Model is a teacher, its
// student and an Info about their training in one safetensors file; checkpoints of PyTorch are read and written too. Files are not trusted: everything that a header claims is
// checked against the file's size before memory is taken, and what is missing or misshapen is reported by name.
package bsn
