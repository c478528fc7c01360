package tiff

import "encoding/binary"

// unpackRow turns the bytes of a row into one value per sample.
func (d *tileDecoder) unpackRow() {
	l := &d.h.layout
	switch l.bits {
	case 16:
		d.unpack16()
	case 8:
		if l.predictor { // differences of bytes wrap around in bytes
			for i := l.samples; i < len(d.row); i++ {
				d.row[i] += d.row[i-l.samples]
			}
		}
		for i, v := range d.row {
			d.values[i] = uint16(v)
		}
	default: // the leftmost sample is in the highest bits
		mask := byte(1)<<l.bits - 1
		for i := range d.values {
			at := i * l.bits
			d.values[i] = uint16(d.row[at/8] >> (8 - l.bits - at%8) & mask)
		}
	}
}

func (d *tileDecoder) unpack16() {
	l := &d.h.layout
	if l.order == binary.BigEndian {
		for i := range d.values {
			d.values[i] = binary.BigEndian.Uint16(d.row[2*i:])
		}
	} else {
		for i := range d.values {
			d.values[i] = binary.LittleEndian.Uint16(d.row[2*i:])
		}
	}
	if l.predictor {
		for i := l.samples; i < len(d.values); i++ {
			d.values[i] += d.values[i-l.samples]
		}
	}
}

// spread puts the first w pixels of the row into the planes, from index at on.
func (d *tileDecoder) spread(at, w int) {
	l := &d.h.layout
	if l.photometric == isPalette {
		d.spreadPalette(at, w)
		return
	}
	// What brings a value of so many bits to 16: 65535 is divisible by each.
	scale := uint16(0xffff / (1<<l.bits - 1))
	for c := range d.im.C {
		plane := d.im.Planes[c][at : at+w]
		values := d.values[c:]
		for x := range plane {
			plane[x] = values[x*l.samples] * scale
		}
		if l.photometric == whiteIsZero {
			for x := range plane {
				plane[x] = ^plane[x]
			}
		}
	}
	if !d.h.Alpha {
		return
	}
	alpha := d.im.Alpha[at : at+w]
	for x := range alpha {
		alpha[x] = d.values[x*l.samples+d.im.C] * scale
	}
	if l.extra == extraAssociated {
		for c := range d.im.C {
			divide(d.im.Planes[c][at:at+w], alpha, d.im.Depth)
		}
	}
}

func (d *tileDecoder) spreadPalette(at, w int) {
	l := &d.h.layout
	for c := range d.im.C {
		colours := l.palette[c<<l.bits:]
		plane := d.im.Planes[c][at : at+w]
		for x := range plane {
			plane[x] = colours[d.values[x]]
		}
	}
}

// divide takes the transparency out of colours that are multiplied by it,
// rounded to the depth. Nothing is known of a pixel that is fully transparent:
// it stays as it is.
func divide(plane, alpha []uint16, depth int) {
	step := uint32(1)
	if depth == 8 {
		step = 257
	}
	most := 0xffff / step
	for x, a := range alpha {
		if a == 0 || a == 0xffff {
			continue
		}
		v, part := uint32(plane[x])/step, uint32(a)/step
		plane[x] = uint16(min(most, (v*most+part/2)/part) * step)
	}
}
