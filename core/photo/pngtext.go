package photo

import (
	"bytes"
	"encoding/hex"
	"strconv"

	"blindspot/core/photo/meta"
)

// text files a text chunk: XMP, a profile in hexadecimals, a comment, or any other text, which only PNG can carry.
func (h *pngHeader) text(kind string, data []byte) {
	keyword, content, ok := readText(kind, data)
	if !ok {
		return
	}
	if keyword == xmpKeyword {
		if h.Meta.XMP == nil && len(content) > 0 {
			h.Meta.XMP = content
		}
		return
	}
	if name, ok := bytes.CutPrefix([]byte(keyword), []byte(profileKeyword)); ok {
		h.rawProfile(string(name), content)
		return
	}
	if h.texts += len(data); h.texts > textsMax {
		return
	}
	if keyword == "Comment" && len(content) <= segmentMax {
		h.Meta.Comments = append(h.Meta.Comments, content)
		return
	}
	h.Meta.PNG = append(h.Meta.PNG, meta.Chunk{Kind: kind, Data: data})
}

// readText takes a text chunk apart. After the keyword and a zero come, in zTXt the method of compression, in iTXt a flag
// for compression, its method, and language and translated keyword that end in zeros.
func readText(kind string, data []byte) (keyword string, content []byte, ok bool) {
	key, rest, ok := bytes.Cut(data, []byte{0})
	if !ok {
		return "", nil, false
	}
	packed := false
	switch kind {
	case "zTXt":
		if len(rest) < 1 {
			return "", nil, false
		}
		packed, rest = true, rest[1:]
	case "iTXt":
		if len(rest) < 2 {
			return "", nil, false
		}
		packed, rest = rest[0] == 1, rest[2:]
		for range 2 {
			if _, rest, ok = bytes.Cut(rest, []byte{0}); !ok {
				return "", nil, false
			}
		}
	}
	if packed {
		rest = inflate(rest)
	}
	return string(key), rest, true
}

// rawProfile files a profile in hexadecimals under its name.
func (h *pngHeader) rawProfile(name string, content []byte) {
	data := unhex(content)
	if data == nil {
		return
	}
	if packet, ok := bytes.CutPrefix(data, []byte(xmpSignature)); ok {
		h.old.XMP = packet
		return
	}
	switch name {
	case "exif", "APP1":
		h.old.EXIF = bytes.TrimPrefix(data, []byte(exifSignature))
	case "xmp":
		h.old.XMP = data
	case "icc", "icm":
		h.old.ICC = data
	case "iptc", "8bim":
		if data[0] == 0x1c {
			h.old.IPTC = data
		} else if iptc, others := meta.SplitResources(data); iptc != nil || others != nil {
			h.old.IPTC, h.old.Resources = iptc, others
		}
	}
}

// unhex reads "\nname\n length\nhexadecimals", nil if it is not written so.
func unhex(content []byte) []byte {
	parts := bytes.SplitN(content, []byte("\n"), 4)
	if len(parts) != 4 {
		return nil
	}
	length, err := strconv.Atoi(string(bytes.TrimSpace(parts[2])))
	if err != nil || length <= 0 || length > len(parts[3])/2 {
		return nil
	}
	digits := bytes.Map(func(r rune) rune {
		if r == '\n' || r == ' ' || r == '\r' {
			return -1
		}
		return r
	}, parts[3])
	data := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(data, digits); err != nil || len(data) < length {
		return nil
	}
	return data[:length]
}
