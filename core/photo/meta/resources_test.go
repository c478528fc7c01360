package meta

import (
	"bytes"
	"testing"
)

func TestSplitResources(t *testing.T) {
	records := []byte("\x1c\x02\x05\x00\x04Harz")
	thumbnail := append([]byte("8BIM\x04\x0c\x03abc\x00\x00\x00\x05"), "12345\x00"...)
	resolution := []byte("8BIM\x03\xed\x00\x00\x00\x00\x00\x03abc\x00")
	list := bytes.Join([][]byte{thumbnail, resolution, JoinResources(records, nil)}, nil)
	iptc, others := SplitResources(list)
	if !bytes.Equal(iptc, records) || !bytes.Equal(others, resolution) {
		t.Errorf("IPTC %q, others %q", iptc, others)
	}
	if iptc, others := SplitResources(thumbnail); iptc != nil || others != nil {
		t.Errorf("of a thumbnail came %q and %q", iptc, others)
	}
	again, rest := SplitResources(JoinResources(iptc, others))
	if !bytes.Equal(again, iptc) || !bytes.Equal(rest, others) {
		t.Errorf("joined and split: %q, %q", again, rest)
	}
	if JoinResources(nil, nil) != nil {
		t.Error("a list came out of nothing")
	}
	// Cut anywhere, what is whole counts.
	for n := range list {
		iptc, others := SplitResources(list[:n])
		if len(iptc) > len(records) || len(others) > len(resolution) {
			t.Errorf("cut at %d: %q, %q", n, iptc, others)
		}
	}
}

func TestIPTCRecords(t *testing.T) {
	two := []byte("\x1c\x02\x05\x00\x04Harz\x1c\x02\x19\x00\x02ab")
	if CountIPTC(two) != 2 || CountIPTC(two[:12]) != 1 || CountIPTC(nil) != 0 {
		t.Errorf("counted %d, %d, %d", CountIPTC(two), CountIPTC(two[:12]), CountIPTC(nil))
	}
	if got := trimIPTC(append(bytes.Clone(two), 0, 0, 0)); !bytes.Equal(got, two) {
		t.Errorf("padding stays: %q", got)
	}
	if trimIPTC([]byte("something else")) != nil {
		t.Error("other bytes were taken for records")
	}
}

// TestHalfAProfile: a missing part of an ICC profile drops it as a whole.
func TestHalfAProfile(t *testing.T) {
	var parts [][]byte
	parts = AddICCPart(parts, []byte{2, 2, 'b'})
	if got := JoinICC(parts); got != nil {
		t.Errorf("half a profile was kept: %q", got)
	}
	parts = AddICCPart(parts, []byte{1, 2, 'a'})
	parts = AddICCPart(parts, []byte{9, 2, 'x'})
	if got := JoinICC(parts); string(got) != "ab" {
		t.Errorf("got %q", got)
	}
}

// FuzzResources: lists of any bytes come apart without harm, and what came out joins and comes apart alike.
func FuzzResources(f *testing.F) {
	f.Add(JoinResources([]byte("\x1c\x02\x05\x00\x04Harz"), []byte("8BIM\x03\xed\x00\x00\x00\x00\x00\x03abc\x00")))
	f.Fuzz(func(t *testing.T, data []byte) {
		iptc, others := SplitResources(data)
		again, rest := SplitResources(JoinResources(iptc, others))
		if !bytes.Equal(again, iptc) || !bytes.Equal(rest, others) {
			t.Fatalf("%q and %q became %q and %q", iptc, others, again, rest)
		}
		if len(trimIPTC(iptc)) > len(iptc) || CountIPTC(data) > len(data)/5 {
			t.Fatal("more came out than went in")
		}
		var parts [][]byte
		parts = AddICCPart(parts, data)
		_ = CheckICC(JoinICC(parts), 3)
	})
}
