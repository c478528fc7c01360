package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

type modelList struct {
	Models []struct {
		Name                         string
		Bundled, Fast                bool
		Width, Hole, Patch, Channels int
		Bytes                        int64
		Date                         time.Time
		Problem                      string
	}
}

func TestModels(t *testing.T) {
	d := newDesk(t)
	d.write("data/blindspot/models/broken.safetensors", "x")
	var list modelList
	d.expect(exitDone, nil, "models", "--json").document(t, &list)
	found := 0
	for _, m := range list.Models {
		switch m.Name {
		case "tiny":
			found++
			stat, err := os.Stat(tinyModel)
			if err != nil {
				t.Fatal(err)
			}
			if m.Bundled || !m.Fast || m.Width != 16 || m.Hole != 9 || m.Patch != 32 || m.Channels != 3 ||
				m.Bytes != stat.Size() || time.Since(m.Date) > time.Hour || m.Problem != "" {
				t.Errorf("tiny is %+v", m)
			}
		case "broken":
			found++
			if !strings.Contains(m.Problem, "broken.safetensors") {
				t.Errorf("the problem of broken is %q", m.Problem)
			}
		}
	}
	if found != 2 {
		t.Errorf("the list is %+v", list)
	}
	o := d.expect(exitDone, nil, "models")
	if !strings.Contains(o.stdout, "WIDTH") || !strings.Contains(o.stdout, "tiny") || !strings.Contains(o.stdout, "1.0 MB") {
		t.Errorf("the table is\n%s", o.stdout)
	}
}

func TestBench(t *testing.T) {
	d := newDesk(t)
	var document struct {
		Threads, Width                         int
		ISA                                    string
		Student, Teacher, Holes, Train, Distil struct {
			Median float64 `json:"median_s"`
			Runs   int
		}
	}
	o := d.expect(exitDone, nil, "bench", "--seconds", "0", "--json", "--threads", "2")
	o.document(t, &document)
	if document.Threads != 2 || document.Width != 48 || document.ISA == "" || o.stderr != "" {
		t.Errorf("the document says %+v, standard error %q", document, o.stderr)
	}
	teacher := document.Teacher.Median
	for name, median := range map[string]float64{
		"student": document.Student.Median, "teacher": teacher, "holes": document.Holes.Median,
		"train": document.Train.Median, "distil": document.Distil.Median,
	} {
		if median <= 0 || median > 600 {
			t.Errorf("%s takes %g s", name, median)
		}
	}
	// Seven holes share one trunk, which is most of the work.
	if document.Student.Runs < 3 || document.Holes.Median > 4*teacher {
		t.Errorf("all holes take %g s, one takes %g s", document.Holes.Median, teacher)
	}
}
