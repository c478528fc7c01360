package app

import "blindspot/core/photo"

// LastExport is a photo that was still to be exported when the program ended.
type LastExport struct {
	Photo    string        `json:"photo"`
	Number   int           `json:"number"` // in its order, from 1
	Of       int           `json:"of"`     // photos of the order
	Settings SavedSettings `json:"settings"`
	Suggest  bool          `json:"suggest,omitempty"` // what suits the noise, in place of settings
	Model    string        `json:"model,omitempty"`
	Format   string        `json:"format"`
	Depth    int           `json:"depth,omitempty"`
	Quality  int           `json:"quality"`
	Folder   string        `json:"folder,omitempty"`
	Name     string        `json:"name"`
	Replace  bool          `json:"replace,omitempty"`
}

// last lists what is still to be exported.
func (q *exportQueue) last() []LastExport {
	var list []LastExport
	for _, e := range q.entries {
		if o := e.order; !e.state.Finished() {
			list = append(list, LastExport{
				Photo: e.photo, Number: e.number, Of: o.total, Settings: Saved(e.settings), Suggest: e.suggest, Model: e.model,
				Format: o.Format, Depth: o.Depth, Quality: o.Quality, Folder: o.Folder, Name: o.Name, Replace: o.Replace,
			})
		}
	}
	return list
}

// RestoreExports queues the photos that were still to be exported at the end of the last session. The queue is paused: what
// writes files begins when the user says so. It returns how many there are.
func (s *Session) RestoreExports(last LastSession) int {
	orders := map[LastExport]*exportOrder{}
	var entries []*exportEntry
	for _, l := range last.Exports {
		format, err := photo.ParseFormat(l.Format)
		if err != nil || CheckExportName(l.Name) != nil || l.Quality < 1 || l.Quality > 100 || l.Settings.Settings().Validate() != nil {
			continue // no version of the program writes this
		}
		alike := LastExport{Of: l.Of, Format: l.Format, Depth: l.Depth, Quality: l.Quality, Folder: l.Folder, Name: l.Name, Replace: l.Replace}
		if orders[alike] == nil {
			orders[alike] = &exportOrder{format: format, total: l.Of, written: map[string]bool{}, ExportOrder: ExportOrder{
				Format: l.Format, Depth: l.Depth, Quality: l.Quality, Folder: l.Folder, Name: l.Name, Replace: l.Replace,
			}}
		}
		o := orders[alike]
		o.Photos = append(o.Photos, l.Photo)
		entries = append(entries, &exportEntry{
			photo: l.Photo, number: l.Number, order: o, settings: l.Settings.Settings(), suggest: l.Suggest, model: l.Model,
		})
	}
	if len(entries) > 0 {
		s.PauseExports(true)
		s.exports.add(entries)
	}
	return len(entries)
}
