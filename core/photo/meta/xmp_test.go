package meta

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"unicode/utf16"
)

const (
	rdfStart = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:q="urn:q">`
	rdfEnd   = `</rdf:RDF></x:xmpmeta>`
)

func TestEditXMP(t *testing.T) {
	done := &Done{Software: "Blindspot 1.0", Version: "1.0", Model: `a & "b"`, Mode: "tunable", Hole: "3", Luminance: 1, Colour: 0.25}
	tests := []struct {
		name, in   string
		done       *Done
		has, hasNo []string
	}{
		{"attribute", `<rdf:Description tiff:Orientation="6" q:a="6"/>`, nil, []string{`tiff:Orientation="1"`, `q:a="6"`}, nil},
		{"apostrophes and spaces", `<rdf:Description tiff:Orientation = '6'/>`, nil, []string{`tiff:Orientation = '1'`}, nil},
		{"element", `<rdf:Description><tiff:Orientation>8</tiff:Orientation></rdf:Description>`, nil, []string{`<tiff:Orientation>1</tiff:Orientation>`}, nil},
		{"other prefix", `<rdf:Description xmlns:t="http://ns.adobe.com/tiff/1.0/" t:Orientation="6"/>`, nil, []string{`t:Orientation="1"`}, nil},
		{"same prefix, other namespace", `<rdf:Description xmlns:tiff="urn:other" tiff:Orientation="6"/>`, nil, []string{`tiff:Orientation="6"`}, nil},
		{"in a comment", `<rdf:Description q:a="1"/><!-- tiff:Orientation="6" -->`, nil, []string{`<!-- tiff:Orientation="6" -->`}, nil},
		{"in a value", `<rdf:Description q:a=' tiff:Orientation="6"'/>`, nil, []string{`' tiff:Orientation="6"'`}, nil},
		{"deeper down", `<rdf:Description><q:s rdf:parseType="Resource"><tiff:Orientation>6</tiff:Orientation></q:s></rdf:Description>`, nil, []string{`>6<`}, nil},
		{"none", `<rdf:Description q:a="1"/>`, nil, []string{`q:a="1"`}, []string{"Orientation"}},
		{"thumbnails", `<rdf:Description q:a="1"><xmp:Thumbnails><rdf:Alt><rdf:li>AAAA</rdf:li></rdf:Alt></xmp:Thumbnails><q:b>2</q:b></rdf:Description>`, nil, []string{`<q:b>2</q:b>`}, []string{"Thumbnails", "AAAA"}},
		{"size", `<rdf:Description tiff:ImageWidth="99" tiff:ImageLength="98"/>`, nil, []string{`tiff:ImageWidth="30"`, `tiff:ImageLength="20"`}, nil},
		{"done", `<rdf:Description rdf:about="uuid:1" q:a="1"/>`, done, []string{`rdf:about="uuid:1"`, `blindspot:Model="a &amp; &#34;b&#34;"`, `blindspot:Hole="3"`, `blindspot:ColourStrength="0.25"`, `xmp:CreatorTool="Blindspot 1.0"`, `tiff:Orientation="1"`}, nil},
		{"done on what has a tool", `<rdf:Description xmp:CreatorTool="Other" q:a="1"/>`, done, []string{`xmp:CreatorTool="Blindspot 1.0" q:a`}, []string{"Other"}},
	}
	for _, test := range tests {
		out, err := editXMP([]byte(rdfStart+test.in+rdfEnd), Target{W: 30, H: 20, Done: test.done}, func(setting) bool { return true })
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if err := wellFormed(out); err != nil {
			t.Errorf("%s: %v in %s", test.name, err, out)
		}
		for _, part := range test.has {
			if strings.Count(string(out), part) == 0 {
				t.Errorf("%s: %s is missing in %s", test.name, part, out)
			}
		}
		for _, part := range test.hasNo {
			if strings.Contains(string(out), part) {
				t.Errorf("%s: %s is still in %s", test.name, part, out)
			}
		}
		again, err := editXMP(out, Target{W: 30, H: 20, Done: test.done}, func(setting) bool { return true })
		if err != nil || !bytes.Equal(again, out) {
			t.Errorf("%s: editing twice changes something: %s, %v", test.name, again, err)
		}
	}
}

// wellFormed reads a packet with the checks that scanning for properties goes without.
func wellFormed(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok {
			seen := map[xml.Name]bool{}
			for _, a := range start.Attr {
				if seen[a.Name] {
					return &xml.SyntaxError{Msg: "attribute " + a.Name.Local + " twice"}
				}
				seen[a.Name] = true
			}
		}
	}
}

// TestBrokenXMP: a packet that cannot be read is replaced, and the loss is told.
func TestBrokenXMP(t *testing.T) {
	done := &Done{Software: "Blindspot 1.0"}
	for name, packet := range map[string]string{
		"junk": "junk", "cut": rdfStart + `<rdf:Description q:a="1"`, "no RDF": `<x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>`,
		"wrong nesting": rdfStart + `<rdf:Description></rdf:RDF></rdf:Description></x:xmpmeta>`, "empty RDF": `<rdf:RDF xmlns:rdf="` + spaceRDF + `"/>`,
		"entity": `<!DOCTYPE a [<!ENTITY b "c">]>` + rdfStart + `<rdf:Description q:a="&b;"/>` + rdfEnd, "deep": rdfStart + strings.Repeat("<q:a>", 1000),
	} {
		out, _, notes := CarryXMP([]byte(packet), nil, Target{W: 1, H: 1, Done: done}, true)
		if len(notes) != 1 || !strings.Contains(string(out), "Blindspot 1.0") || wellFormed(out) != nil {
			t.Errorf("%s: notes %q, packet %s", name, notes, out)
		}
		if out, _, notes := CarryXMP([]byte(packet), nil, Target{W: 1, H: 1}, true); out != nil || len(notes) != 1 {
			t.Errorf("%s: without a change there is %s, notes %q", name, out, notes)
		}
	}
}

// TestExtendedXMP splits and joins: two descriptions, one of them with namespaces that its surroundings declare.
func TestExtendedXMP(t *testing.T) {
	long := strings.Repeat("x", 70_000)
	main := []byte(rdfStart + `<rdf:Description rdf:about="" q:a="1"/>` + rdfEnd)
	extended := []byte(`<rdf:RDF xmlns:rdf="` + spaceRDF + `" xmlns:z="urn:z"><rdf:Description z:long="` + long + `" z:b="2"/></rdf:RDF>`)
	one, none, notes := CarryXMP(main, extended, Target{W: 1, H: 1}, false)
	if none != nil || len(notes) > 0 || wellFormed(one) != nil || strings.Count(string(one), long) != 1 || !strings.Contains(string(one), `z:b="2"`) {
		t.Fatalf("joined to %d bytes, extended %d, notes %q, %v", len(one), len(none), notes, wellFormed(one))
	}
	first, second, notes := CarryXMP(one, nil, Target{W: 1, H: 1, Done: &Done{Software: "Blindspot 1.0"}}, true)
	if len(first) > JPEGPacketMax || len(notes) > 0 || ExtendedGUID(first) != GUID(second) || wellFormed(first) != nil || wellFormed(second) != nil {
		t.Fatalf("split into %d and %d bytes, notes %q, name %q", len(first), len(second), notes, ExtendedGUID(first))
	}
	if bytes.Contains(second, []byte("xpacket")) || !bytes.Contains(second, []byte(`q:a="1"`)) || !bytes.Contains(second, []byte("Blindspot 1.0")) {
		t.Error("the extended packet is not what belongs there")
	}
	// Carried from JPEG to JPEG, the second packet stays as it is.
	again, same, _ := CarryXMP(first, second, Target{W: 1, H: 1, Done: &Done{Software: "Blindspot 1.0"}}, true)
	if !bytes.Equal(same, second) || ExtendedGUID(again) != GUID(second) {
		t.Error("carrying changed the extended packet")
	}
	if _, broken, notes := CarryXMP(first, []byte("junk"), Target{W: 1, H: 1}, true); broken != nil || len(notes) != 1 {
		t.Errorf("a broken second packet: %d bytes, notes %q", len(broken), notes)
	}
}

func TestPlainXMP(t *testing.T) {
	text := rdfStart + "<rdf:Description q:a='\u65e5\U0001f33f'/>" + rdfEnd
	for _, order := range orders {
		b := order.AppendUint16(nil, 0xfeff)
		for _, u := range utf16.Encode([]rune(text)) {
			b = order.AppendUint16(b, u)
		}
		if got := plainXMP(b); string(got) != text {
			t.Errorf("UTF-16 became %q", got)
		}
	}
	if got := plainXMP([]byte(text + "\x00\x00")); string(got) != text {
		t.Errorf("got %q", got)
	}
	if plainXMP([]byte{0, 0}) != nil || plainXMP(nil) != nil {
		t.Error("nothing became a packet")
	}
}

// FuzzXMP: whatever comes, what goes out can be read, fits, and editing it again changes nothing.
func FuzzXMP(f *testing.F) {
	f.Add([]byte(rdfStart+`<rdf:Description rdf:about="x" tiff:Orientation='6' q:a="1"><xmp:Thumbnails/><q:b>2</q:b></rdf:Description>`+rdfEnd), []byte(nil))
	f.Add(newPacket([]setting{{spaceXMP, "CreatorTool", "x", always}}, ""), []byte(`<rdf:RDF xmlns:rdf="`+spaceRDF+`" xmlns:z="urn:z"><rdf:Description z:b="2"/></rdf:RDF>`))
	f.Add([]byte("\xfe\xff\x00<"), []byte("x"))
	f.Fuzz(func(t *testing.T, main, extended []byte) {
		target := Target{W: 30, H: 20, Done: &Done{Software: "Blindspot 1.0", Model: "m", Hole: "3"}}
		for _, split := range []bool{true, false} {
			out, second, _ := CarryXMP(plainXMP(main), extended, target, split)
			if split && len(out) > JPEGPacketMax || !split && second != nil {
				t.Fatalf("packets of %d and %d bytes", len(out), len(second))
			}
			for _, p := range [][]byte{out, second} {
				if p == nil {
					continue
				}
				if _, err := scanXMP(p); err != nil {
					t.Fatalf("%q became %q: %v", main, p, err)
				}
			}
			again, _, notes := CarryXMP(out, second, target, split)
			if !split && (!bytes.Equal(again, out) || len(notes) > 0) {
				t.Fatalf("%q became %q, notes %q", out, again, notes)
			}
		}
	})
}
