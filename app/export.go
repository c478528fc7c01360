package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"blindspot/core/photo"
	"blindspot/core/say"
)

// ErrExists says that a file of that name is there already.
var ErrExists = photo.ErrExists

// ExportOrder says which photos to export, how, and where to.
type ExportOrder struct {
	Photos   []string // paths; nothing of them is read before their turn has come
	Settings ExportSettings
	Format   string // one of Formats
	Depth    int    // bits a sample: 8 or 16, 0 for that of each photo; JPEG always has 8
	Quality  int    // of JPEG, 1..100
	Folder   string // is made if need be; empty puts each result beside its photo
	Name     string // of the files, without their ending and with fields in braces, see ExportFields
	Replace  bool   // files of that name, otherwise a number is added; photos themselves are never replaced
}

// ExportSettings says with which settings the photos of an order are denoised.
type ExportSettings int

// The settings of an order.
const (
	OwnForEach     ExportSettings = iota // each photo's own; what new photos begin with for one that was never open
	SameForAll                           // those of now
	SuggestForEach                       // what suits the noise of each photo
)

// Formats lists the formats of exports and their usual file name endings.
func Formats() (names, endings []string) {
	return []string{"jpeg", "png", "tiff"}, []string{photo.JPEG.Extension(), photo.PNG.Extension(), photo.TIFF.Extension()}
}

// PhotoEndings lists the file name endings of photos that can be opened, in small letters and in capitals.
func PhotoEndings() []string {
	var all []string
	for _, ending := range photo.Extensions() {
		all = append(all, ending, strings.ToUpper(ending))
	}
	return all
}

// SplitEnding takes the ending of a photo off a name, and tells the format to be written that it stands for, empty if there
// is none.
func SplitEnding(name string) (stem, format string) {
	ending := filepath.Ext(name)
	if !photo.Supported("x" + ending) {
		return name, ""
	}
	f, err := photo.ParseFormat(ending)
	if names, _ := Formats(); err == nil {
		format = map[photo.Format]string{photo.JPEG: names[0], photo.PNG: names[1], photo.TIFF: names[2]}[f]
	}
	return strings.TrimSuffix(name, ending), format
}

// endingOf is the file name ending of a format.
func endingOf(format string) string {
	names, endings := Formats()
	if i := slices.Index(names, format); i >= 0 {
		return endings[i]
	}
	return ""
}

// SuggestExport proposes how to export photos: as the last ones were, beside the originals.
func (s *Session) SuggestExport(photos []string) ExportOrder {
	p := s.options.Preferences
	return ExportOrder{
		Photos: photos, Format: p.Format, Depth: p.Depth, Quality: p.Quality, Name: p.Name, Folder: s.exportFolder(photos),
	}
}

// exportFolder is the folder that photos lie in, empty if there are several.
func (s *Session) exportFolder(photos []string) string {
	folder := ""
	for _, path := range photos {
		own := s.folderFor(path)
		if folder != "" && own != folder {
			return ""
		}
		folder = own
	}
	return folder
}

// folderFor is the folder of a photo, or a better one for the sample photo.
func (s *Session) folderFor(path string) string {
	switch {
	case !s.isSample(path):
		return filepath.Dir(path)
	case s.options.Preferences.Folder != "":
		return s.options.Preferences.Folder
	}
	return pictureFolder()
}

// pictureFolder is the user's folder for pictures, or the home folder.
func pictureFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "."
	}
	pictures := filepath.Join(home, "Pictures")
	if stat, err := os.Stat(pictures); err == nil && stat.IsDir() {
		return pictures
	}
	return home
}

// Export puts photos at the end of the queue of exports, which goes on by itself. What can be said at once comes as an
// error, and then none is there; what fails later is told by Exports.
func (s *Session) Export(o ExportOrder) error {
	order, err := s.newOrder(o)
	if err != nil {
		return err
	}
	p := &s.options.Preferences
	p.Format, p.Depth, p.Quality = o.Format, o.Depth, o.Quality
	if strings.Contains(o.Name, "{") { // a name without a field is for this time alone
		p.Name = o.Name
	}
	if o.Folder != "" {
		p.Folder = order.Folder
	}
	var entries []*exportEntry
	for i, path := range order.Photos {
		e := &exportEntry{
			photo: path, number: i + 1, order: order, settings: s.settings, suggest: o.Settings == SuggestForEach, model: s.modelName(),
		}
		if o.Settings == OwnForEach {
			e.settings, e.suggest = s.settingsOf(path)
		}
		if o.Settings != SameForAll {
			e.model = s.modelOf(path)
		}
		entries = append(entries, e)
	}
	s.exports.add(entries)
	return nil
}

// exportOrder is an order that has been found good.
type exportOrder struct {
	ExportOrder
	format photo.Format
	total  int // photos that were ordered
	// written are the files that were made for it; they belong to the worker. Replacing must not lose one for another.
	written map[string]bool
}

func (s *Session) newOrder(o ExportOrder) (*exportOrder, error) {
	switch {
	case len(o.Photos) == 0:
		return nil, say.Errorf("there is no photo to export")
	case s.network == nil && s.models.loading != nil:
		return nil, say.Errorf("the model is still loading: try again in a moment")
	case s.network == nil:
		return nil, errNoModel
	case o.Depth != 0 && o.Depth != 8 && o.Depth != 16:
		return nil, say.Errorf("a depth of %d bits is neither 8 nor 16", o.Depth)
	case o.Quality < 1 || o.Quality > 100:
		return nil, say.Errorf("a quality of %d is outside 1 to 100", o.Quality)
	}
	if err := CheckExportName(o.Name); err != nil {
		return nil, err
	}
	if o.Settings != SuggestForEach && s.settings.Mode == Fast {
		if err := s.network.fast(); err != nil {
			return nil, err
		}
	}
	format, err := photo.ParseFormat(o.Format)
	if err != nil {
		return nil, err
	}
	o.Photos = slices.Clone(o.Photos)
	for i, path := range o.Photos {
		o.Photos[i] = absolute(path)
	}
	if o.Folder != "" {
		o.Folder = absolute(o.Folder)
	}
	return &exportOrder{ExportOrder: o, format: format, total: len(o.Photos), written: map[string]bool{}}, nil
}
