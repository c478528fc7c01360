package app

import "testing"

func TestParts(t *testing.T) {
	parts := Parts()
	for _, p := range parts {
		if p.Name == "" || p.Licence == "" {
			t.Errorf("a part is %+v", p)
		}
	}
	if len(parts) != 5 || parts[4].Version == "" {
		t.Errorf("the parts are %+v", parts)
	}
	for text, want := range map[string][2]string{
		"LibRaw 0.20.2":        {"LibRaw", "0.20.2"},
		"no LibRaw":            {"no LibRaw", ""},
		"Go's image/jpeg":      {"Go's image/jpeg", ""},
		"little CMS 2.14":      {"little CMS", "2.14"},
		"no colour management": {"no colour management", ""},
	} {
		if name, version := splitVersion(text); name != want[0] || version != want[1] {
			t.Errorf("%q is %q in version %q", text, name, version)
		}
	}
}
