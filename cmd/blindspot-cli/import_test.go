package main

import (
	"os"
	"strings"
	"testing"
)

func TestImport(t *testing.T) {
	d := newDesk(t)
	checkpoint, back := d.path("published.pth"), d.path("back.safetensors")
	d.expect(exitDone, nil, "import", tinyModel, "-o", checkpoint)
	o := d.expect(exitDone, nil, "import", checkpoint, "-o", back)
	if !strings.Contains(o.stdout, "back.safetensors") {
		t.Errorf("it says %q", o.stdout)
	}
	o = d.expect(exitSome, nil, "import", checkpoint, "-o", back)
	if !strings.Contains(o.stderr, "exists already") {
		t.Errorf("a name that is taken gives %q", o.stderr)
	}
	o = d.expect(exitDone, nil, "import", checkpoint)
	if !strings.Contains(o.stdout, "published") {
		t.Errorf("it says %q", o.stdout)
	}
	d.expect(exitDone, nil, "import", "--name", "Night", checkpoint)
	o = d.expect(exitSome, nil, "import", "--name", "Night", checkpoint)
	if !strings.Contains(o.stderr, "called Night already") {
		t.Errorf("a name that is taken gives %q", o.stderr)
	}
	var list modelList
	d.expect(exitDone, nil, "models", "--json").document(t, &list)
	found := map[string]bool{}
	for _, m := range list.Models {
		found[m.Name] = m.Width == 16 && m.Fast && !m.Bundled && m.Problem == ""
	}
	if !found["published"] || !found["Night"] {
		t.Errorf("the models are %+v", list.Models)
	}
}

func TestImportRefuses(t *testing.T) {
	d := newDesk(t)
	damaged := d.path("damaged.pth")
	if err := os.WriteFile(damaged, []byte("PK\x03\x04 and no more"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{exitUsage, "one file", nil},
		{exitUsage, "one file", []string{"a.pth", "b.pth"}},
		{exitUsage, "give one of them", []string{"a.pth", "--name", "x", "-o", "y"}},
		{exitSome, "no such file", []string{d.path("none.pth")}},
		{exitSome, "damaged", []string{damaged}},
		{exitSome, "holds a character", []string{"--name", "a/b", tinyModel}},
	} {
		o := d.expect(c.code, nil, append([]string{"import"}, c.args...)...)
		if !strings.Contains(o.stderr, c.want) {
			t.Errorf("%v gives %q, want %q", c.args, o.stderr, c.want)
		}
	}
}
