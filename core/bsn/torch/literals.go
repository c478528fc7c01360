package torch

import (
	"encoding/binary"
	"math"
)

// This file has the instructions of the machine that push numbers and texts which stand in the pickle.

// integer pushes a number of 1, 2 or 4 bytes, or of as many as the first says.
func (m *machine) integer(op byte) error {
	n := map[byte]int{'K': 1, 'M': 2, 'J': 4}[op]
	if op == 0x8a {
		length, err := m.byte()
		if err != nil {
			return err
		}
		if n = int(length); n > 8 {
			return m.damaged("holds a number of %d bytes", n)
		}
	}
	b, err := m.take(n)
	if err != nil {
		return err
	}
	v := uint64(0)
	for i, each := range b {
		v |= uint64(each) << (8 * i)
	}
	if signed := op == 'J' || op == 0x8a; signed && n > 0 {
		shift := 64 - 8*n
		m.push(int64(v<<shift) >> shift)
		return nil
	}
	m.push(int64(v))
	return nil
}

func (m *machine) text(op byte) error {
	width := 4
	if op == 0x8c || op == 'U' {
		width = 1
	}
	b, err := m.take(width)
	if err != nil {
		return err
	}
	length := int(b[0])
	if width == 4 {
		length = int(binary.LittleEndian.Uint32(b) & math.MaxInt32)
	}
	b, err = m.take(length)
	if err == nil {
		m.push(string(b))
	}
	return err
}
