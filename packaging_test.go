package blindspot_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"blindspot/app"
)

const (
	appID     = "photo.blindspot.Blindspot"
	packaging = "packaging/linux/"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestPackagingAgrees: the files that describe the program to desktops say the same.
func TestPackagingAgrees(t *testing.T) {
	var info struct {
		ID         string `xml:"id"`
		Launchable string `xml:"launchable"`
		Releases   []struct {
			Version string `xml:"version,attr"`
		} `xml:"releases>release"`
	}
	if err := xml.Unmarshal([]byte(read(t, packaging+appID+".metainfo.xml")), &info); err != nil {
		t.Fatal(err)
	}
	if info.ID != appID || info.Launchable != appID+".desktop" || info.Releases[0].Version != app.Version {
		t.Errorf("the metadata is of %s, starts %s, and is for version %s; the program's is %s", info.ID, info.Launchable, info.Releases[0].Version, app.Version)
	}
	toml := read(t, "FyneApp.toml")
	for _, want := range []string{`ID = "` + appID + `"`, `Version = "` + app.Version + `"`} {
		if !strings.Contains(toml, want) {
			t.Errorf("FyneApp.toml lacks %s", want)
		}
	}
	entry := read(t, packaging+appID+".desktop")
	if !strings.Contains(entry, "\nExec=blindspot %F\n") || !strings.Contains(entry, "\nIcon="+appID+"\n") {
		t.Error("the menu entry does not start the program, or has no icon")
	}
	sizes := regexp.MustCompile(`(?m)^ICONS +:= (.*)$`).FindStringSubmatch(read(t, "Makefile"))[1]
	for size := range strings.FieldsSeq(sizes) {
		c, err := png.DecodeConfig(strings.NewReader(read(t, packaging+"icons/"+size+".png")))
		if err != nil || fmt.Sprint(c.Width) != size || fmt.Sprint(c.Height) != size {
			t.Errorf("icon %s is %d×%d, %v", size, c.Width, c.Height, err)
		}
	}
}

// TestMenuEntryNamesAllPhotos: what the program opens is offered to it. The types are those of shared-mime-info.
func TestMenuEntryNamesAllPhotos(t *testing.T) {
	line := regexp.MustCompile(`(?m)^MimeType=(.*);$`).FindStringSubmatch(read(t, packaging+appID+".desktop"))
	if line == nil {
		t.Fatal("the menu entry has no types")
	}
	types := strings.Split(line[1], ";")
	known := map[string]string{
		".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff", ".tiff": "image/tiff", ".webp": "image/webp", ".bmp": "image/bmp",
		".dng": "image/x-adobe-dng", ".cr2": "image/x-canon-cr2", ".cr3": "image/x-canon-cr3", ".crw": "image/x-canon-crw", ".raf": "image/x-fuji-raf",
		".dcr": "image/x-kodak-dcr", ".k25": "image/x-kodak-k25", ".kdc": "image/x-kodak-kdc", ".mrw": "image/x-minolta-mrw", ".nef": "image/x-nikon-nef",
		".nrw": "image/x-nikon-nrw", ".orf": "image/x-olympus-orf", ".rw2": "image/x-panasonic-rw2", ".pef": "image/x-pentax-pef",
		".srw": "image/x-samsung-srw", ".x3f": "image/x-sigma-x3f", ".arw": "image/x-sony-arw", ".sr2": "image/x-sony-sr2", ".srf": "image/x-sony-srf",
	}
	used := map[string]bool{"image/x-dcraw": true} // the name that all raws had
	for _, ending := range app.PhotoEndings() {
		if kind, ok := known[ending]; ok {
			used[kind] = true
			if !slices.Contains(types, kind) {
				t.Errorf("%s, of type %s, is not offered", ending, kind)
			}
		}
	}
	for _, kind := range types {
		if !used[kind] {
			t.Errorf("the program is offered %s, which it does not open", kind)
		}
	}
}

// TestDesktopToolsAgree asks the desktop's own checkers where they are installed: nothing else needs them.
func TestDesktopToolsAgree(t *testing.T) {
	for _, check := range [][]string{
		{"desktop-file-validate", packaging + appID + ".desktop"},
		{"appstreamcli", "validate", "--no-net", packaging + appID + ".metainfo.xml"},
	} {
		t.Run(check[0], func(t *testing.T) {
			if _, err := exec.LookPath(check[0]); err != nil {
				t.Skip("it is not installed")
			}
			if out, err := exec.Command(check[0], check[1:]...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestInstall puts everything into a folder and takes it away again.
func TestInstall(t *testing.T) {
	bin, root := t.TempDir(), t.TempDir()
	for _, name := range []string{"blindspot", "blindspot-cli"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run := func(target string) {
		t.Helper()
		if out, err := exec.Command("make", target, "BIN="+bin, "DESTDIR="+root, "PREFIX=/usr").CombinedOutput(); err != nil {
			t.Fatalf("make %s: %v\n%s", target, err, out)
		}
	}
	run("install")
	for _, path := range []string{
		"bin/blindspot", "bin/blindspot-cli", "share/applications/" + appID + ".desktop", "share/metainfo/" + appID + ".metainfo.xml",
		"share/icons/hicolor/48x48/apps/" + appID + ".png", "share/icons/hicolor/scalable/apps/" + appID + ".svg", "share/doc/blindspot/1-blindspot.txt",
	} {
		if _, err := os.Stat(filepath.Join(root, "usr", path)); err != nil {
			t.Error(err)
		}
	}
	run("uninstall")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			t.Errorf("%s stays", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestLicencesAreComplete: the texts that the program shows begin with its own, and name every module in go.mod that is built
// into it.
func TestLicencesAreComplete(t *testing.T) {
	if own := read(t, "assets/licences/1-blindspot.txt"); own != read(t, "LICENSE") {
		t.Error("assets/licences/1-blindspot.txt is not LICENSE")
	}
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/blindspot")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	texts := read(t, "assets/licences/3-go-modules.txt")
	for module := range bytes.FieldsSeq(out) {
		if name := string(module); name != "blindspot" && !strings.Contains(texts, "\n"+name+"\n") {
			t.Errorf("the licence of %s is missing in assets/licences/3-go-modules.txt", name)
		}
	}
}
