package meta

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"blindspot/core/say"
)

// value is an entry with its bytes, in the byte order of its draft.
type value struct {
	tag, kind uint16
	count     uint32
	data      []byte
}

func textValue(tag uint16, text string) value {
	data := append([]byte(text), 0)
	return value{tag, typeASCII, uint32(len(data)), data}
}

// folder is a directory to be written.
type folder []value

// set adds a value or replaces the one with its tag.
func (f *folder) set(v value) {
	if i := slices.IndexFunc(*f, func(old value) bool { return old.tag == v.tag }); i >= 0 {
		(*f)[i] = v
		return
	}
	*f = append(*f, v)
}

func (f folder) has(tag uint16) bool {
	return slices.ContainsFunc(f, func(v value) bool { return v.tag == tag })
}

// draft is an EXIF block to be written.
type draft struct {
	order                    byteOrder
	main, exif, gps, interop folder
	maker                    *value
	makerAt                  int64 // where the maker's notes must lie, 0 for anywhere
	notes                    []say.Text
}

// newDraft is the least that says what the picture is.
func newDraft(t Target) *draft {
	d := &draft{order: binary.LittleEndian}
	d.complete(t)
	return d
}

// complete sets the tags that every block of ours has.
func (d *draft) complete(t Target) {
	d.main.set(d.short(tagOrientation, 1))
	if t.Done != nil {
		d.main.set(textValue(tagSoftware, t.Done.Software))
	}
	if !d.exif.has(tagEXIFVersion) {
		d.exif.set(value{tagEXIFVersion, typeUndefined, 4, []byte("0232")})
	}
	d.exif.set(d.long(tagPixelWidth, t.W))
	d.exif.set(d.long(tagPixelHeight, t.H))
}

func (d *draft) short(tag uint16, v int) value {
	return value{tag, typeShort, 1, d.order.AppendUint16(nil, uint16(v))}
}

func (d *draft) long(tag uint16, v int) value {
	return value{tag, typeLong, 1, d.order.AppendUint32(nil, uint32(v))}
}

func (d *draft) rational(tag uint16, pairs ...uint32) value {
	var data []byte
	for _, p := range pairs {
		data = d.order.AppendUint32(data, p)
	}
	return value{tag, typeRational, uint32(len(pairs) / 2), data}
}

// draftMax bounds what a draft takes over: one value, and all together.
const (
	draftValueMax = 4 << 20
	draftMax      = 16 << 20
)

// draft copies the first directory's tags that keep allows, and the directories for EXIF, GPS and interoperability.
func (s *structure) draft(keep func(tag uint16) bool) *draft {
	d := &draft{order: s.order}
	main, _ := s.directory(s.first)
	room := int64(draftMax)
	take := func(into *folder, entries []entry, keep func(uint16) bool) {
		for _, e := range entries {
			if into.has(e.tag) || !keep(e.tag) || isPointer(e.tag) {
				continue
			}
			data := s.value(e, min(draftValueMax, room))
			if data == nil {
				continue
			}
			room -= int64(len(data))
			v := value{e.tag, e.kind, e.count, data}
			if into == &d.exif && e.tag == tagMakerNote {
				d.takeMaker(v, e.at)
				continue
			}
			*into = append(*into, v)
		}
	}
	all := func(uint16) bool { return true }
	exif := s.follow(main, tagEXIF)
	take(&d.exif, exif, all)
	take(&d.exif, main, isEXIFTag) // as TIFF/EP has them
	take(&d.main, main, func(tag uint16) bool { return keep(tag) && !isEXIFTag(tag) })
	take(&d.gps, s.follow(main, tagGPS), all)
	take(&d.interop, s.follow(exif, tagInterop), all)
	return d
}

// makerMost is the furthest place at which maker's notes that must not move are kept: beyond it lie no EXIF blocks.
const makerMost = 1 << 16

// takeMaker takes over the maker's notes, if they can be understood at a place that a block has.
func (d *draft) takeMaker(notes value, at int64) {
	switch {
	case standsAlone(notes.data):
		d.maker = &notes
	case at >= 8 && at <= makerMost:
		d.maker, d.makerAt = &notes, at
	default:
		d.notes = append(d.notes, say.Textf("the maker's notes can be understood only where they were and have been left out"))
	}
}

func isPointer(tag uint16) bool { return tag == tagEXIF || tag == tagGPS || tag == tagInterop }

// isEXIFTag reports whether a tag belongs into the EXIF directory and not into the first one.
func isEXIFTag(tag uint16) bool {
	return tag == tagExposureTime || tag == tagFNumber || tag >= 0x8822 && tag <= 0x8835 && tag != tagGPS && tag != 0x882a &&
		tag != 0x8828 && tag != 0x8829 && tag != 0x882b || tag >= 0x9000 && tag <= 0x9293 && tag != 0x9211 && tag != 0x9216 ||
		tag >= 0xa000 && tag <= 0xa4ff && tag != 0xa480 && tag != 0xa481
}

// standsAlone reports whether maker's notes hold no offsets from the beginning of the block: those begin with a header or a
// TIFF structure of their own. The others are understood only where they were.
func standsAlone(notes []byte) bool {
	for _, start := range []string{"Nikon\x00\x02", "FUJIFILM", "OLYMPUS\x00", "OM SYSTEM", "PENTAX \x00", "Apple iOS\x00", "SIGMA\x00\x00\x00"} {
		if bytes.HasPrefix(notes, []byte(start)) {
			return true
		}
	}
	return false
}

// dropLargest removes the longest value, and reports false if there is none that would make room.
func (d *draft) dropLargest() bool {
	var from *folder
	at, largest := 0, 4
	for _, f := range []*folder{&d.main, &d.exif, &d.gps, &d.interop} {
		for i, v := range *f {
			if len(v.data) > largest {
				from, at, largest = f, i, len(v.data)
			}
		}
	}
	if from == nil {
		return false
	}
	*from = slices.Delete(*from, at, at+1)
	return true
}

// bytes writes the block: header, directories, values. Notes that must stay where they were get their place, and what lies
// in front of them is used as far as it goes.
func (d *draft) bytes() []byte {
	mark := "II"
	if d.order == byteOrder(binary.BigEndian) {
		mark = "MM"
	}
	out := d.order.AppendUint16([]byte(mark), 42)
	out = d.order.AppendUint32(out, 0)
	p := &placer{data: out, tail: -1}
	exif := slices.Clone(d.exif)
	if d.maker != nil {
		maker := *d.maker
		if d.makerAt > 0 {
			p.reserve(d.makerAt, maker.data)
			maker.data = nil
		}
		exif = append(exif, maker)
	}
	main := slices.Clone(d.main)
	if len(d.interop) > 0 {
		exif = append(exif, d.long(tagInterop, int(d.write(p, d.interop))))
	}
	if len(d.gps) > 0 {
		main = append(main, d.long(tagGPS, int(d.write(p, d.gps))))
	}
	if len(exif) > 0 {
		main = append(main, d.long(tagEXIF, int(d.write(p, exif))))
	}
	first := d.write(p, main)
	d.order.PutUint32(p.data[4:], uint32(first))
	return p.data
}

// write places a directory and its values and returns where it lies.
func (d *draft) write(p *placer, f folder) int64 {
	f = slices.Clone(f)
	slices.SortStableFunc(f, func(a, b value) int { return cmp.Compare(a.tag, b.tag) })
	b := d.order.AppendUint16(nil, uint16(len(f)))
	for _, v := range f {
		b = d.order.AppendUint16(b, v.tag)
		b = d.order.AppendUint16(b, v.kind)
		b = d.order.AppendUint32(b, v.count)
		switch {
		case v.data == nil: // the maker's notes
			b = d.order.AppendUint32(b, uint32(d.makerAt))
		case len(v.data) <= 4:
			b = append(append(b, v.data...), make([]byte, 4-len(v.data))...)
		default:
			b = d.order.AppendUint32(b, uint32(p.place(v.data)))
		}
	}
	return p.place(append(b, 0, 0, 0, 0))
}

// placer puts pieces into a block, first into the gap in front of a reserved piece, then at the end.
type placer struct {
	data []byte
	gap  int64 // where the gap begins
	tail int64 // where it ends, -1 if there is none
}

func (p *placer) reserve(at int64, piece []byte) {
	p.gap, p.tail = int64(len(p.data)), at
	p.data = append(p.data, make([]byte, at-int64(len(p.data)))...)
	p.data = append(p.data, piece...)
}

func (p *placer) place(piece []byte) int64 {
	n := int64(len(piece))
	n += n % 2
	if p.tail >= 0 && p.gap+n <= p.tail {
		at := p.gap
		copy(p.data[at:], piece)
		p.gap += n
		return at
	}
	if len(p.data)%2 != 0 {
		p.data = append(p.data, 0)
	}
	at := int64(len(p.data))
	p.data = append(p.data, piece...)
	return at
}
