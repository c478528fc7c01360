package app

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// libraryStage is a session with the models of newTestLibrary, bundled and alpine and the user's camera and old.
func libraryStage(t *testing.T) (*stage, *Library) {
	t.Helper()
	l := newTestLibrary(t)
	b := newStage(t, Options{Library: l, Models: l.Choices(1), Threads: 1})
	b.until("the list", func() bool { return len(b.AllModels()) == 4 })
	return b, l
}

// edit waits for an operation on the library, and for the list to follow.
func (b *stage) edit(what string, start func(done func(error))) error {
	b.t.Helper()
	var result error
	ended := false
	start(func(err error) { result, ended = err, true })
	b.until(what, func() bool { return ended && b.models.edits == 0 })
	return result
}

func (b *stage) modelNames() []string {
	names, _ := b.Models()
	return names
}

func (b *stage) choose(name string) {
	b.t.Helper()
	b.ChooseModel(slices.Index(b.modelNames(), name))
	b.loadedModel(name)
}

func TestRenamingTheModelInUse(t *testing.T) {
	b, l := libraryStage(t)
	b.open(photoFile(t, 20, 20), image.Point{})
	b.choose("old")
	network := b.network
	if err := b.edit("the renaming", func(done func(error)) { b.RenameModel("old", "Evening", done) }); err != nil {
		t.Fatal(err)
	}
	if b.modelName() != "Evening" || b.network != network || b.Preferences().Model != "Evening" || b.Automatic().On {
		t.Errorf("%s denoises, remembered is %q", b.modelName(), b.Preferences().Model)
	}
	if want := []string{"bundled", "alpine", "camera", "Evening"}; !slices.Equal(b.modelNames(), want) {
		t.Errorf("the list is %v, want %v", b.modelNames(), want)
	}
	if err := b.edit("the refusal", func(done func(error)) { b.RenameModel("Evening", "camera", done) }); err == nil {
		t.Error("a name that is taken was given")
	}
	if !exists(l.ModelPath("Evening")) || b.modelName() != "Evening" {
		t.Error("the refusal changed something")
	}
}

func TestDeletingTheModelInUse(t *testing.T) {
	b, l := libraryStage(t)
	b.choose("old")
	if err := b.edit("the deletion", func(done func(error)) { b.DeleteModel("old", done) }); err != nil {
		t.Fatal(err)
	}
	b.loadedModel("bundled")
	if exists(l.ModelPath("old")) || b.DeletedModel() != "old" || slices.Contains(b.modelNames(), "old") {
		t.Errorf("after it the list is %v, to be brought back is %q", b.modelNames(), b.DeletedModel())
	}
	if err := b.edit("the undoing", b.UndoDelete); err != nil {
		t.Fatal(err)
	}
	b.loadedModel("old") // as it was chosen
	if b.DeletedModel() != "" || !exists(l.ModelPath("old")) {
		t.Error("it has not come back")
	}
	if err := b.edit("the refusal", func(done func(error)) { b.DeleteModel("bundled", done) }); err == nil || b.DeletedModel() != "" {
		t.Errorf("deleting a bundled model gives %v", err)
	}
}

func TestTrashIsEmptiedAtTheEnd(t *testing.T) {
	b, l := libraryStage(t)
	for _, name := range []string{"old", "camera"} {
		if err := b.edit("the deletion", func(done func(error)) { b.DeleteModel(name, done) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(l.trashFolder()); err != nil || len(entries) != 0 {
		t.Errorf("the trash holds %v, %v", entries, err)
	}
}

// Lists that come back when a session is being closed must not begin new work, which nobody would wait for.
func TestClosingDuringAListing(t *testing.T) {
	b, l := libraryStage(t)
	b.choose("old")
	if err := os.WriteFile(l.ModelPath("old"), modelBytes(t, "old", "2026-05-05T05:05:05Z"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.RefreshModels()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Model().Loading || b.network != nil {
		t.Error("a closed session loads a model")
	}
	told := false
	b.ExportModel("old", l.ModelPath("new"), false, func(err error) { told = errors.Is(err, context.Canceled) })
	if !told || exists(l.ModelPath("new")) {
		t.Error("a closed session saves a model")
	}
}

func TestTheLastModelCanGo(t *testing.T) {
	l := NewLibrary(nil, t.TempDir())
	if err := os.MkdirAll(filepath.Dir(l.ModelPath("x")), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.ModelPath("only"), modelBytes(t, "only", ""), 0o644); err != nil {
		t.Fatal(err)
	}
	b := newStage(t, Options{Library: l, Models: l.Choices(1), Threads: 1})
	b.loadedModel("only")
	b.open(photoFile(t, 20, 20), image.Point{})
	if err := b.edit("the deletion", func(done func(error)) { b.DeleteModel("only", done) }); err != nil {
		t.Fatal(err)
	}
	if b.Model().Ready || b.Preview().Possible || len(b.modelNames()) != 0 {
		t.Errorf("without a model the state is %+v", b.Model())
	}
	if err := b.edit("the undoing", b.UndoDelete); err != nil {
		t.Fatal(err)
	}
	b.loadedModel("only")
}

func TestImportExportAndDuplicateInASession(t *testing.T) {
	b, _ := libraryStage(t)
	path := filepath.Join(t.TempDir(), "shared.pth")
	if err := b.edit("the export", func(done func(error)) { b.ExportModel("camera", path, false, done) }); err != nil {
		t.Fatal(err)
	}
	if err := b.edit("the refusal", func(done func(error)) { b.ExportModel("old", path, false, done) }); !errors.Is(err, ErrExists) {
		t.Errorf("a file that is there gives %v", err)
	}
	var name, copied string
	if err := b.edit("the import", func(done func(error)) {
		b.ImportModel(path, func(n string, err error) { name = n; done(err) })
	}); err != nil || name != "shared" {
		t.Errorf("it is imported as %q, %v", name, err)
	}
	if err := b.edit("the copy", func(done func(error)) {
		b.DuplicateModel("shared", func(n string, err error) { copied = n; done(err) })
	}); err != nil || copied != "shared copy" {
		t.Errorf("it is copied as %q, %v", copied, err)
	}
	if names := b.modelNames(); !slices.Contains(names, "shared") || !slices.Contains(names, "shared copy") {
		t.Errorf("the list is %v", names)
	}
	b.choose("shared copy")
}

// A model that was trained anew under its old name is loaded again.
func TestReplacedModelIsLoadedAgain(t *testing.T) {
	b, l := libraryStage(t)
	b.choose("old")
	before := b.network
	if err := os.WriteFile(l.ModelPath("old"), modelBytes(t, "old", "2026-05-05T05:05:05Z"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.RefreshModels()
	b.until("the new network", func() bool { return b.network != before && b.network != nil && !b.Model().Loading })
	if b.modelName() != "old" {
		t.Errorf("%s denoises", b.modelName())
	}
}

func TestDamagedModelIsListedButCannotBeChosen(t *testing.T) {
	b, l := libraryStage(t)
	if err := os.WriteFile(l.ModelPath("broken"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.RefreshModels()
	b.until("the list", func() bool { return len(b.AllModels()) == 5 })
	if slices.Contains(b.modelNames(), "broken") {
		t.Errorf("the list is %v", b.modelNames())
	}
	if err := b.edit("the deletion", func(done func(error)) { b.DeleteModel("broken", done) }); err != nil {
		t.Errorf("a damaged model cannot be deleted: %v", err)
	}
}

func TestSessionWithoutALibrary(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	told := error(nil)
	b.RenameModel("fake", "other", func(err error) { told = err })
	b.RefreshModels()
	if told == nil || len(b.modelNames()) != 1 {
		t.Errorf("it says %v", told)
	}
}
