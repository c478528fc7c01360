package torch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
)

// Weights is a tensor to write.
type Weights struct {
	Name   string
	Shape  []int
	Values []float32 // in row-major order
}

// Write writes a checkpoint that torch.load reads: an OrderedDict of float tensors in the order of the list, each with a
// storage of its own. The same list gives the same bytes.
func Write(w io.Writer, list []Weights) error {
	z := zip.NewWriter(w)
	add := func(name string, data []byte) error {
		f, err := z.CreateRaw(&zip.FileHeader{
			Name: "archive/" + name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data),
			CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data)),
		})
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	}
	if err := add("data.pkl", pickle(list)); err != nil {
		return err
	}
	if err := add("byteorder", []byte("little")); err != nil {
		return err
	}
	for i, t := range list {
		data, err := binary.Append(nil, binary.LittleEndian, t.Values)
		if err == nil {
			err = add("data/"+strconv.Itoa(i), data)
		}
		if err != nil {
			return err
		}
	}
	if err := add("version", []byte("3\n")); err != nil {
		return err
	}
	return z.Close()
}

// pickle is the pickle of the list in protocol 2. The storages' keys are their places in the list.
func pickle(list []Weights) []byte {
	const emptyDict = "ccollections\nOrderedDict\n)R"
	var b bytes.Buffer
	text := func(s string) {
		b.WriteByte('X')
		b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s))))
		b.WriteString(s)
	}
	number := func(n int) {
		b.WriteByte('J')
		b.Write(binary.LittleEndian.AppendUint32(nil, uint32(n)))
	}
	b.WriteString("\x80\x02" + emptyDict + "(")
	for i, t := range list {
		text(t.Name)
		b.WriteString("ctorch._utils\n_rebuild_tensor_v2\n((")
		text("storage")
		b.WriteString("ctorch\nFloatStorage\n")
		text(strconv.Itoa(i))
		text("cpu")
		number(len(t.Values))
		b.WriteString("tQ")
		number(0) // its first value in the storage
		b.WriteByte('(')
		for _, n := range t.Shape {
			number(n)
		}
		b.WriteString("t(")
		stride := len(t.Values)
		for _, n := range t.Shape {
			stride /= max(n, 1)
			number(stride)
		}
		fmt.Fprintf(&b, "t\x89%stR", emptyDict) // needs no gradient, has no hooks
	}
	b.WriteString("u.")
	return b.Bytes()
}
