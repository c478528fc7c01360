package torch

import (
	"encoding/binary"
	"io"
	"maps"
	"slices"

	"blindspot/core/say"
)

// The container of versions before 1.6 is a sequence: a magic number and the protocol version (legacyStart), a pickle about the
// machine that wrote it, the pickle itself, a pickle with the list of the storages' keys, and the storages in the order of
// that list: 8 bytes with the number of values, then the values.

var legacyStart = []byte("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.")

// sequence is such a container.
type sequence struct {
	r      io.ReaderAt
	size   int64
	places map[string]int64 // of the storages' values in the file
}

func openLegacy(r io.ReaderAt, size int64) (any, storages, error) {
	start := make([]byte, min(size, maxPickle))
	if _, err := r.ReadAt(start, 0); err != nil && err != io.EOF {
		return nil, nil, say.Errorf("read the checkpoint: %w", err)
	}
	at := len(legacyStart)
	var objects [3]any // about the machine, the root, the keys
	known := map[string]*storage{}
	for i := range objects {
		object, m, err := unpickle(start[at:])
		if err != nil {
			return nil, nil, err
		}
		objects[i] = object
		at += m.at
		maps.Copy(known, m.storages)
	}
	if d, ok := objects[0].(*dict); ok && slices.Contains(d.entries, entry{"little_endian", false}) {
		return nil, nil, say.Errorf("%w: its byte order is big, and this program reads little", ErrRefused)
	}
	keys, ok := objects[2].(*list)
	if !ok {
		return nil, nil, say.Errorf("%w: it lacks the list of its storages", ErrDamaged)
	}
	s := &sequence{r: r, size: size, places: map[string]int64{}}
	return objects[1], s, s.place(keys.items, known, int64(at))
}

// place finds the storages, which begin at the given place.
func (s *sequence) place(keys []any, known map[string]*storage, at int64) error {
	for _, k := range keys {
		key, _ := k.(string)
		want := known[key]
		if want == nil {
			return say.Errorf("%w: it lists a storage %.20q that no tensor has", ErrDamaged, key)
		}
		var count [8]byte
		if _, err := s.r.ReadAt(count[:], at); err != nil {
			return say.Errorf("%w: it ends before its storage %.20q", ErrDamaged, key)
		}
		if n := binary.LittleEndian.Uint64(count[:]); n != uint64(want.count) {
			return say.Errorf("%w: its storage %.20q has %d numbers, want %d", ErrDamaged, key, n, want.count)
		}
		s.places[key] = at + 8
		at += 8 + want.count*kinds[want.kind]
	}
	return nil
}

func (s *sequence) read(key string, n int64) ([]byte, error) {
	at, ok := s.places[key]
	if !ok || n > s.size-at {
		return nil, say.Errorf("%w: it ends before its storage %.20q does", ErrDamaged, key)
	}
	data := make([]byte, n)
	if _, err := s.r.ReadAt(data, at); err != nil && err != io.EOF {
		return nil, say.Errorf("read its storage %.20q: %w", key, err)
	}
	return data, nil
}
