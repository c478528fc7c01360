package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

func TestUsageErrors(t *testing.T) {
	d := newDesk(t)
	d.photo("a.png", 70, 60, 1)
	d.photo("b.png", 70, 60, 2)
	d.photo("in/a.png", 70, 60, 1)
	d.write("file.png", "x")
	train := []string{"train", "--photos", "in", "--name", "new"}
	for name, c := range map[string]struct {
		words []string
		args  []string
	}{
		"no command":           {[]string{"denoise, train, eval, inspect, models, import or bench"}, nil},
		"unknown command":      {[]string{`"enhance"`, "denoise, train"}, []string{"enhance"}},
		"no photo":             {[]string{"photos"}, []string{"denoise"}},
		"unknown option":       {[]string{"-nonsense", "--help"}, []string{"denoise", "a.png", "--nonsense"}},
		"option without value": {[]string{"-hole", "value"}, []string{"denoise", "a.png", "--hole"}},
		"unknown hole":         {[]string{`"4"`, "0, 1, 3, 5, 7, 9, 11"}, []string{"denoise", "a.png", "--hole", "4"}},
		"wide hole":            {[]string{`"13"`, "0, 1, 3, 5, 7, 9, 11"}, []string{"denoise", "a.png", "--hole", "13"}},
		"unknown mode":         {[]string{`"slow"`, "fast, tunable or average"}, []string{"denoise", "a.png", "--mode", "slow"}},
		"unknown model":        {[]string{`"huge"`, "tiny"}, []string{"denoise", "a.png", "--model", "huge"}},
		"missing model file":   {[]string{"gone.safetensors", "tiny"}, []string{"denoise", "a.png", "--model", "gone.safetensors"}},
		"unknown format":       {[]string{"gif", "jpg"}, []string{"denoise", "a.png", "--format", "gif"}},
		"bad strength":         {[]string{"luma", "0 to 1"}, []string{"denoise", "a.png", "--luma", "1.5"}},
		"strength NaN":         {[]string{"colour", "0 to 1"}, []string{"denoise", "a.png", "--colour", "NaN"}},
		"bad quality":          {[]string{"101"}, []string{"denoise", "a.png", "--quality", "101"}},
		"bad threads":          {[]string{"-1"}, []string{"denoise", "a.png", "--threads", "-1"}},
		"two photos, one file": {[]string{"file.png", "2 photos"}, []string{"denoise", "a.png", "b.png", "-o", "file.png", "--overwrite"}},
		"odd output":           {[]string{"out.gif", ".jpg, .png or .tif"}, []string{"denoise", "a.png", "-o", "out.gif"}},
		"train without folder": {[]string{"--photos"}, []string{"train", "--name", "x", "--minutes", "1"}},
		"train without name":   {[]string{"--name"}, []string{"train", "--photos", "in", "--minutes", "1"}},
		"train without budget": {[]string{"how long"}, train},
		"one budget only":      {[]string{"steps", "distil-steps"}, append(train, "--steps", "3")},
		"train, even hole":     {[]string{"4", "odd"}, append(train, "--minutes", "1", "--hole", "4")},
		"train, hole 0":        {[]string{"0"}, append(train, "--minutes", "1", "--hole", "0")},
		"train, width":         {[]string{"20", "16, 24, 32 or 48"}, append(train, "--minutes", "1", "--width", "20")},
		"train, patch":         {[]string{"32"}, append(train, "--minutes", "1", "--patch", "50")},
		"train, bad name":      {[]string{"a/b"}, []string{"train", "--photos", "in", "--minutes", "1", "--name", "a/b"}},
		"train, base":          {[]string{`"none"`, "tiny"}, append(train, "--minutes", "1", "--from", "none")},
		"train, time":          {[]string{"negative"}, append(train, "--minutes", "-1")},
		"eval without folders": {[]string{"--noisy", "--clean"}, []string{"eval", "--noisy", "in"}},
		"eval, one folder":     {[]string{"two folders"}, []string{"eval", "--noisy", "in", "--clean", "in"}},
		"eval, hole":           {[]string{"0, 1, 3, 5, 7, 9, 11"}, []string{"eval", "--noisy", "in", "--clean", "x", "--hole", "2"}},
		"eval, fast all":       {[]string{"fast"}, []string{"eval", "--noisy", "in", "--clean", "x", "--hole", "all", "--mode", "fast"}},
		"models, word":         {[]string{"tiny"}, []string{"models", "tiny"}},
		"bench, time":          {[]string{"-3"}, []string{"bench", "--seconds", "-3"}},
	} {
		t.Run(name, func(t *testing.T) {
			own := &desk{t, d.dir}
			own.expect(exitUsage, c.words, c.args...)
		})
	}
	if d.exists("a-denoised.png") || d.exists("data/blindspot/training") {
		t.Error("a mistaken command did something")
	}
}

func TestHelp(t *testing.T) {
	d := newDesk(t)
	for _, args := range [][]string{{"--help"}, {"help"}} {
		o := d.expect(exitDone, nil, args...)
		for _, c := range commands() {
			if !strings.Contains(o.stdout, "blindspot-cli "+c.name) {
				t.Errorf("%q does not name %s:\n%s", args, c.name, o.stdout)
			}
		}
	}
	for _, c := range commands() {
		o := d.expect(exitDone, nil, c.name, "--help")
		if !strings.HasPrefix(o.stdout, "blindspot-cli "+c.name) || !strings.Contains(o.stdout, "Options:") || o.stderr != "" {
			t.Errorf("help of %s:\n%s%s", c.name, o.stdout, o.stderr)
		}
	}
}

func TestOptionsMixWithWords(t *testing.T) {
	for _, c := range []struct{ args, words, value string }{
		{"a b --v 1 c", "a b c", "1"},
		{"--v 1 a b", "a b", "1"},
		{"a --v=1", "a", "1"},
		{"a --v 1 -- --v 2", "a --v 2", "1"},
		{"-- a --v 2", "a --v 2", ""},
		{"- a", "- a", ""},
		{"", "", ""},
	} {
		f := newFlags("test", "test")
		value := f.String("v", "", "a `VALUE`")
		words, err := f.parse(nil, strings.Fields(c.args))
		if err != nil || strings.Join(words, " ") != c.words || *value != c.value {
			t.Errorf("%q: words %q, value %q, error %v", c.args, words, *value, err)
		}
	}
	f := newFlags("test", "test")
	if _, err := f.parse(&program{stdout: &bytes.Buffer{}}, []string{"a", "-h"}); err != flag.ErrHelp {
		t.Errorf("-h among words: %v", err)
	}
}

func TestBarIsForTerminalsOnly(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, f := range []*os.File{file, null} {
		if newBar(f).file != nil {
			t.Errorf("there is a bar on %s", f.Name())
		}
	}
	b := &bar{file: file}
	b.show("photo.jpg", 3, 4, "3 of 4 tiles")
	b.clear()
	data, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Repeat("█", 18) + strings.Repeat("·", 6); !strings.Contains(string(data), want) || !strings.HasSuffix(string(data), "\r\x1b[K") {
		t.Errorf("the bar is %q", data)
	}
}
