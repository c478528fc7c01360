package meta

import (
	"bytes"
	"cmp"
	"crypto/md5"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"blindspot/core/say"
)

// JPEGPacketMax is the longest packet that fits into one segment of a JPEG file (XMP part 3, 1.1.3).
const JPEGPacketMax = 65_502

// CarryXMP returns the packets for the picture t, made of those of the photo it came from, and notes on what could not be
// carried. Where split is set, as JPEG needs it, a packet of more than JPEGPacketMax bytes is continued in extended;
// otherwise all is in one packet. A photo without XMP gets a packet if something was done to it.
func CarryXMP(main, extended []byte, t Target, split bool) (out, outExtended []byte, notes []say.Text) {
	if main != nil {
		edited, err := editXMP(main, t, func(s setting) bool { return !hasProperty(extended, s) })
		if err != nil {
			notes = append(notes, say.Textf("the XMP data was unreadable and has been left out"))
			extended = nil
		}
		main = edited
	}
	if main == nil {
		if t.Done == nil {
			return nil, nil, notes
		}
		main = newPacket(doneProperties(t), "")
	}
	if extended != nil {
		edited, err := editXMP(extended, t, func(setting) bool { return false })
		if err != nil {
			notes = append(notes, say.Textf("a part of the XMP data was unreadable and has been left out"))
		}
		extended = edited
	}
	out, outExtended, err := layOut(main, extended, split)
	if err != nil {
		// What we have written ourselves can be read.
		notes = append(notes, say.Textf("a part of the XMP data was unreadable and has been left out"))
	}
	return out, outExtended, notes
}

// layOut distributes the properties over one or two packets.
func layOut(main, extended []byte, split bool) ([]byte, []byte, error) {
	if split && len(main) > JPEGPacketMax {
		main = withoutPadding(main)
	}
	switch {
	case split && extended != nil && len(main) < JPEGPacketMax-100:
		main, err := setProperties(main, []setting{{spaceNote, "HasExtendedXMP", GUID(extended), always}}, nil)
		return main, extended, err
	case !split || extended != nil || len(main) <= JPEGPacketMax:
		merged, err := merge(main, extended)
		if err != nil || !split || len(merged) <= JPEGPacketMax {
			return merged, nil, err
		}
		main = merged
	}
	p, err := scanXMP(main)
	if err != nil {
		return nil, nil, err
	}
	extended = main[p.from:p.to]
	return newPacket([]setting{{spaceNote, "HasExtendedXMP", GUID(extended), always}}, p.about), extended, nil
}

// GUID names an extended packet: the MD5 of its bytes in capital hexadecimals.
func GUID(extended []byte) string { return fmt.Sprintf("%X", md5.Sum(extended)) }

// ExtendedGUID returns which extended packet belongs to a packet, "" if none does.
func ExtendedGUID(main []byte) string {
	p, err := scanXMP(main)
	if err != nil {
		return ""
	}
	for _, prop := range p.props {
		if prop.space == spaceNote && prop.name == "HasExtendedXMP" {
			return string(p.data[prop.valueFrom:prop.valueTo])
		}
	}
	return ""
}

// setting is a property to be set.
type setting struct {
	space, name, value string
	when               int
}

// When a property is set.
const (
	present = iota // only if the packet has it
	always
)

// doneProperties are what the program says of its work.
func doneProperties(t Target) []setting {
	d := t.Done
	if d == nil {
		return nil
	}
	list := []setting{
		{spaceTIFF, "Orientation", "1", always},
		{spaceXMP, "CreatorTool", d.Software, always},
		{spaceBlindspot, "Version", d.Version, always},
		{spaceBlindspot, "Model", d.Model, always},
		{spaceBlindspot, "Mode", d.Mode, always},
		{spaceBlindspot, "Hole", d.Hole, always},
		{spaceBlindspot, "LuminanceStrength", strconv.FormatFloat(d.Luminance, 'g', 4, 64), always},
		{spaceBlindspot, "ColourStrength", strconv.FormatFloat(d.Colour, 'g', 4, 64), always},
		{spaceBlindspot, "TextureKept", strconv.FormatFloat(d.Texture, 'g', 4, 64), always},
	}
	return slices.DeleteFunc(list, func(s setting) bool { return s.value == "" })
}

// hasProperty reports whether a packet has a property.
func hasProperty(data []byte, s setting) bool {
	if data == nil {
		return false
	}
	p, err := scanXMP(data)
	return err == nil && slices.ContainsFunc(p.props, func(p property) bool { return p.space == s.space && p.name == s.name })
}

// editXMP sets what must be true of the picture t, and drops thumbnails. Properties that the packet lacks are added to it
// where add says so.
func editXMP(data []byte, t Target, add func(setting) bool) ([]byte, error) {
	settings := []setting{
		{spaceTIFF, "ImageWidth", strconv.Itoa(t.W), present},
		{spaceTIFF, "ImageLength", strconv.Itoa(t.H), present},
		{spaceEXIF, "PixelXDimension", strconv.Itoa(t.W), present},
		{spaceEXIF, "PixelYDimension", strconv.Itoa(t.H), present},
	}
	if t.Done == nil {
		settings = append(settings, setting{spaceTIFF, "Orientation", "1", present})
	}
	for _, s := range doneProperties(t) {
		if !add(s) {
			s.when = present
		}
		settings = append(settings, s)
	}
	drop := func(p property) bool {
		return p.space == spaceXMP && p.name == "Thumbnails" || p.space == spaceNote && p.name == "HasExtendedXMP" ||
			t.Done != nil && t.Done.Hole == "" && p.space == spaceBlindspot && p.name == "Hole"
	}
	return setProperties(data, settings, drop)
}

// change replaces a range of bytes.
type change struct {
	from, to int64
	by       string
}

// setProperties returns the packet with properties set, and without those that drop names.
func setProperties(data []byte, settings []setting, drop func(property) bool) ([]byte, error) {
	p, err := scanXMP(data)
	if err != nil {
		return nil, err
	}
	var changes []change
	for _, prop := range p.props {
		if drop != nil && drop(prop) {
			changes = append(changes, change{prop.from, prop.to, ""})
		}
	}
	var missing []setting
	for _, s := range settings {
		found := false
		for _, prop := range p.props {
			if prop.space != s.space || prop.name != s.name || drop != nil && drop(prop) {
				continue
			}
			if prop.valueFrom == prop.from { // no plain text: what it says is said elsewhere from now on
				changes = append(changes, change{prop.from, prop.to, ""})
				continue
			}
			found = true
			changes = append(changes, change{prop.valueFrom, prop.valueTo, escaped(s.value)})
		}
		if !found && s.when == always {
			missing = append(missing, s)
		}
	}
	if len(missing) > 0 {
		changes = append(changes, change{p.rdfEnd, p.rdfEnd, describe(missing, p.about)})
	}
	return applyChanges(data, changes), nil
}

func applyChanges(data []byte, changes []change) []byte {
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(a.from, b.from) })
	var out []byte
	at := int64(0)
	for _, c := range changes {
		out = append(append(out, data[at:c.from]...), c.by...)
		at = c.to
	}
	return append(out, data[at:]...)
}

// prefixes of the namespaces that we write.
var prefixes = map[string]string{
	spaceTIFF: "tiff", spaceXMP: "xmp", spaceNote: "xmpNote", spaceBlindspot: "blindspot",
}

// describe writes a description of its own for properties; about is text that is escaped already.
func describe(settings []setting, about string) string {
	var spaces, values strings.Builder
	var seen []string
	for _, s := range settings {
		prefix := prefixes[s.space]
		if !slices.Contains(seen, prefix) {
			seen = append(seen, prefix)
			fmt.Fprintf(&spaces, "\n    xmlns:%s=\"%s\"", prefix, s.space)
		}
		fmt.Fprintf(&values, "\n   %s:%s=\"%s\"", prefix, s.name, escaped(s.value))
	}
	quote := "\""
	if strings.Contains(about, quote) {
		quote = "'"
	}
	return fmt.Sprintf("<rdf:Description xmlns:rdf=\"%s\" rdf:about=%s%s%s%s%s/>\n", spaceRDF, quote, about, quote, spaces.String(), values.String())
}

func escaped(text string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		return ""
	}
	return b.String()
}

// newPacket is a packet with nothing but the given properties.
func newPacket(settings []setting, about string) []byte {
	return fmt.Appendf(nil, "<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"+
		"<x:xmpmeta xmlns:x=\"%s\">\n <rdf:RDF xmlns:rdf=\"%s\">\n  %s </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>",
		spaceMeta, spaceRDF, describe(settings, about))
}

// withoutPadding removes the room that packets keep for editing in place.
func withoutPadding(data []byte) []byte {
	end := bytes.LastIndex(data, []byte("<?xpacket end="))
	if end < 0 {
		return data
	}
	return slices.Concat(bytes.TrimRight(data[:end], " \t\r\n"), []byte("\n"), data[end:])
}

// merge adds the descriptions of extended to main. Namespaces that extended declares around them move to each.
func merge(main, extended []byte) ([]byte, error) {
	if extended == nil {
		return main, nil
	}
	into, err := scanXMP(main)
	if err != nil {
		return nil, err
	}
	from, err := scanXMP(extended)
	if err != nil {
		return main, err
	}
	var all []byte
	for _, n := range from.nodes {
		all = append(all, extended[n.from:n.nameEnd]...)
		for _, b := range n.spaces {
			all = fmt.Appendf(all, " xmlns:%s=\"%s\"", b.prefix, escaped(b.space))
		}
		all = append(append(all, extended[n.nameEnd:n.to]...), '\n')
	}
	return applyChanges(main, []change{{into.rdfEnd, into.rdfEnd, string(all)}}), nil
}
