package meta

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Namespaces of XMP.
const (
	spaceRDF       = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	spaceMeta      = "adobe:ns:meta/"
	spaceXMP       = "http://ns.adobe.com/xap/1.0/"
	spaceTIFF      = "http://ns.adobe.com/tiff/1.0/"
	spaceEXIF      = "http://ns.adobe.com/exif/1.0/"
	spaceNote      = "http://ns.adobe.com/xmp/note/"
	spaceBlindspot = "https://blindspot.photo/ns/1.0/"
)

var errNoXMP = errors.New("it is no XMP packet")

// packet is an XMP packet with the places of its properties. Nothing of it is kept but places, so that what is not edited
// stays byte for byte.
type packet struct {
	data     []byte
	props    []property
	about    string // of the first description, as it stands there
	nodes    []node
	rdfEnd   int64 // where </rdf:RDF> begins
	from, to int64 // x:xmpmeta, or rdf:RDF where there is none around it
}

// property is a top-level property: an attribute of a description or an element in it.
type property struct {
	space, name        string
	from, to           int64 // all of it
	valueFrom, valueTo int64 // its text; equal to from if it is no plain text
}

// node is a description, with the prefixed namespaces that elements around it declare.
type node struct {
	from, to int64
	nameEnd  int64     // where its attributes begin
	spaces   []binding // those that it does not declare itself
}

// binding is a namespace declaration.
type binding struct {
	prefix, space string
	depth         int
}

// xmpDepth bounds how deep elements may lie in each other: real packets stay under 20.
const xmpDepth = 100

// scanXMP finds the properties of a packet. Text that merely looks like a property, in comments or values, is none.
func scanXMP(data []byte) (*packet, error) {
	s := &xmpScanner{packet: &packet{data: data, rdfEnd: -1, to: -1}}
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		from := d.InputOffset()
		token, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errNoXMP, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			err = s.start(token, from, d.InputOffset())
		case xml.EndElement:
			err = s.end(token, from, d.InputOffset())
		}
		if err != nil {
			return nil, err
		}
	}
	if len(s.stack) > 0 || s.rdfEnd < 0 {
		return nil, errNoXMP
	}
	return s.packet, nil
}

// xmpScanner keeps the elements that are open.
type xmpScanner struct {
	*packet
	stack    []element
	bindings []binding
}

type element struct {
	raw         xml.Name
	space, name string
	from, inner int64
	plain       bool // holds nothing but text
}

func (s *xmpScanner) start(t xml.StartElement, from, to int64) error {
	if len(s.stack) >= xmpDepth {
		return errNoXMP
	}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" {
			s.bindings = append(s.bindings, binding{a.Name.Local, a.Value, len(s.stack)})
		} else if a.Name.Space == "" && a.Name.Local == "xmlns" {
			s.bindings = append(s.bindings, binding{"", a.Value, len(s.stack)})
		}
	}
	e := element{raw: t.Name, space: s.resolve(t.Name.Space), name: t.Name.Local, from: from, inner: to, plain: true}
	if n := len(s.stack); n > 0 {
		s.stack[n-1].plain = false
	}
	if e.is(spaceMeta, "xmpmeta") && s.to < 0 || e.is(spaceRDF, "RDF") && len(s.stack) == 0 {
		s.from = from
	}
	if e.is(spaceRDF, "Description") && s.inside(spaceRDF, "RDF") {
		s.description(t, from, to)
	}
	s.stack = append(s.stack, e)
	return nil
}

func (e element) is(space, name string) bool { return e.space == space && e.name == name }

// inside reports whether the innermost open element is the given one.
func (s *xmpScanner) inside(space, name string) bool {
	n := len(s.stack)
	return n > 0 && s.stack[n-1].is(space, name)
}

// resolve returns the namespace of a prefix.
func (s *xmpScanner) resolve(prefix string) string {
	for i := len(s.bindings) - 1; i >= 0; i-- {
		if s.bindings[i].prefix == prefix {
			return s.bindings[i].space
		}
	}
	return ""
}

// description takes in the properties that a description has as attributes.
func (s *xmpScanner) description(t xml.StartElement, from, to int64) {
	tag := s.data[from:to]
	n := node{from: from, nameEnd: from + 1 + int64(nameLength(tag[1:]))}
	for i, b := range s.bindings {
		inner := func(o binding) bool { return o.prefix == b.prefix }
		if b.depth < len(s.stack) && b.prefix != "" && !slices.ContainsFunc(s.bindings[i+1:], inner) {
			n.spaces = append(n.spaces, b)
		}
	}
	attributes := scanAttributes(tag)
	if len(attributes) != len(t.Attr) {
		attributes = nil // written in a way that we do not understand: none of them is touched
	}
	for i, a := range attributes {
		name := t.Attr[i].Name
		space := s.resolve(name.Space)
		switch {
		case name.Space == "" || name.Space == "xmlns" || name.Space == "xml":
		case space == spaceRDF:
			if name.Local == "about" && len(s.nodes) == 0 {
				s.about = string(tag[a.valueFrom:a.valueTo])
			}
		default:
			s.props = append(s.props, property{
				space: space, name: name.Local,
				from: from + int64(a.from), to: from + int64(a.to),
				valueFrom: from + int64(a.valueFrom), valueTo: from + int64(a.valueTo),
			})
		}
	}
	s.nodes = append(s.nodes, n)
}

func (s *xmpScanner) end(t xml.EndElement, from, to int64) error {
	n := len(s.stack) - 1
	if n < 0 || s.stack[n].raw != t.Name {
		return errNoXMP
	}
	e := s.stack[n]
	s.stack = s.stack[:n]
	switch {
	case e.is(spaceRDF, "RDF") && (n == 0 || s.inside(spaceMeta, "xmpmeta")) && s.rdfEnd < 0:
		if from == e.inner && from == to { // <rdf:RDF/> has no inside
			return errNoXMP
		}
		s.rdfEnd = from
		if n == 0 {
			s.to = to
		}
	case e.is(spaceMeta, "xmpmeta") && s.rdfEnd >= 0 && s.to < 0:
		s.to = to
	case e.is(spaceRDF, "Description") && s.inside(spaceRDF, "RDF"):
		s.nodes[len(s.nodes)-1].to = to
	case n >= 2 && s.stack[n-1].is(spaceRDF, "Description") && s.stack[n-2].is(spaceRDF, "RDF"):
		p := property{space: e.space, name: e.name, from: e.from, to: to, valueFrom: e.from, valueTo: e.from}
		if e.plain && from != to {
			p.valueFrom, p.valueTo = e.inner, from
		}
		s.props = append(s.props, p)
	}
	for len(s.bindings) > 0 && s.bindings[len(s.bindings)-1].depth == n {
		s.bindings = s.bindings[:len(s.bindings)-1]
	}
	return nil
}

// attribute is where an attribute stands in its tag, with the space in front of it.
type attribute struct{ from, to, valueFrom, valueTo int }

// scanAttributes finds the attributes of a start tag that the XML decoder has accepted.
func scanAttributes(tag []byte) []attribute {
	var list []attribute
	at := 1 + nameLength(tag[1:])
	for {
		a := attribute{from: at}
		at += spaceLength(tag[at:])
		n := nameLength(tag[at:])
		if n == 0 {
			return list
		}
		at += n
		at += spaceLength(tag[at:])
		if at >= len(tag) || tag[at] != '=' {
			return list
		}
		at++
		at += spaceLength(tag[at:])
		if at >= len(tag) || tag[at] != '"' && tag[at] != '\'' {
			return list
		}
		end := bytes.IndexByte(tag[at+1:], tag[at])
		if end < 0 {
			return list
		}
		a.valueFrom, a.valueTo = at+1, at+1+end
		at = a.valueTo + 1
		a.to = at
		list = append(list, a)
	}
}

func spaceLength(b []byte) int { return len(b) - len(bytes.TrimLeft(b, " \t\r\n")) }

func nameLength(b []byte) int {
	if i := bytes.IndexAny(b, " \t\r\n=/>'\""); i >= 0 {
		return i
	}
	return len(b)
}

// plainXMP returns a packet as UTF-8 without padding zeros, nil if nothing is left. Packets in UTF-16 are converted.
func plainXMP(data []byte) []byte {
	order := binary.ByteOrder(binary.LittleEndian)
	switch {
	case bytes.HasPrefix(data, []byte("\xfe\xff")), bytes.HasPrefix(data, []byte("\x00<")):
		order = binary.BigEndian
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("<\x00")):
	default:
		if data = bytes.TrimRight(data, "\x00"); len(data) == 0 {
			return nil
		}
		return data
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	var out []byte
	for _, r := range utf16.Decode(units) {
		if r != 0 && (r != 0xfeff || len(out) > 0) {
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}
