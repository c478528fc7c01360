package torch

import (
	"archive/zip"
	"encoding/binary"
	"io"
	"strings"

	"blindspot/core/say"
)

// The container of PyTorch 1.6 and newer is a zip archive, nothing in it compressed:
//
//	NAME/data.pkl    the pickle
//	NAME/data/KEY    the bytes of a storage
//	NAME/byteorder   "little", in newer files
//
// and some more that is of no use here.

var zipStart = []byte("PK\x03\x04")

const (
	zipEnd       = 22      // bytes of the record at the end of an archive without a comment
	maxDirectory = 1 << 20 // bytes
)

// archive is such a container.
type archive struct {
	size  int64
	files map[string]*zip.File // by their names without NAME/
}

func openArchive(r io.ReaderAt, size int64) (any, storages, error) {
	if err := checkDirectory(r, size); err != nil {
		return nil, nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, nil, say.Errorf("%w: its archive cannot be read: %v", ErrDamaged, err)
	}
	a := &archive{size: size, files: map[string]*zip.File{}}
	for _, f := range z.File {
		_, name, _ := strings.Cut(f.Name, "/")
		if a.files[name] != nil {
			return nil, nil, say.Errorf("%w: its archive holds %.40q twice", ErrDamaged, name)
		}
		a.files[name] = f
	}
	if a.files["data.pkl"] == nil {
		return nil, nil, say.Errorf("%w: the archive holds no data.pkl", ErrForeign)
	}
	if a.files["byteorder"] != nil {
		order, err := a.file("byteorder", maxPickle)
		if err != nil {
			return nil, nil, err
		}
		if string(order) != "little" {
			return nil, nil, say.Errorf("%w: its byte order is %.10q, and this program reads little", ErrRefused, order)
		}
	}
	data, err := a.file("data.pkl", maxPickle)
	if err != nil {
		return nil, nil, err
	}
	root, _, err := unpickle(data)
	return root, a, err
}

// checkDirectory looks at the end of the archive, where the size of its directory is, before package zip keeps the whole
// directory in memory.
func checkDirectory(r io.ReaderAt, size int64) error {
	if size < zipEnd {
		return say.Errorf("%w: it ends too early", ErrDamaged)
	}
	var end [zipEnd]byte
	if _, err := r.ReadAt(end[:], size-zipEnd); err != nil && err != io.EOF {
		return say.Errorf("read the checkpoint: %w", err)
	}
	files := binary.LittleEndian.Uint16(end[10:])
	length := int64(binary.LittleEndian.Uint32(end[12:]))
	at := int64(binary.LittleEndian.Uint32(end[16:]))
	if string(end[:4]) != "PK\x05\x06" {
		return say.Errorf("%w: it ends too early", ErrDamaged)
	}
	// The largest values of files and length would send package zip to a second record.
	if files == 0xffff || length == 0xffff || length > maxDirectory || at > size || size-at > maxDirectory {
		return say.Errorf("%w: its archive has a directory of a size that no list of weights needs", ErrRefused)
	}
	return nil
}

// file reads a file of the archive of up to most bytes.
func (a *archive) file(name string, most int64) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, say.Errorf("%w: its archive lacks %.40q", ErrDamaged, name)
	}
	if f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 {
		return nil, say.Errorf("%w: %.40q is compressed, which PyTorch never does", ErrRefused, name)
	}
	if f.UncompressedSize64 > uint64(min(most, a.size)) {
		return nil, say.Errorf("%w: %.40q claims %d bytes", ErrDamaged, name, f.UncompressedSize64)
	}
	in, err := f.Open()
	if err != nil {
		return nil, say.Errorf("%w: %.40q: %v", ErrDamaged, name, err)
	}
	defer in.Close()
	data := make([]byte, f.UncompressedSize64)
	if _, err = io.ReadFull(in, data); err == nil {
		_, err = io.Copy(io.Discard, in) // the checksum is compared at the end
	}
	if err != nil {
		return nil, say.Errorf("%w: %.40q: %v", ErrDamaged, name, err)
	}
	return data, nil
}

func (a *archive) read(key string, n int64) ([]byte, error) {
	name := "data/" + key
	if f := a.files[name]; f != nil && f.UncompressedSize64 != uint64(n) {
		return nil, say.Errorf("%w: its storage %.20q has %d bytes, want %d", ErrDamaged, key, f.UncompressedSize64, n)
	}
	return a.file(name, n)
}
