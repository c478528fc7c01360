package ui

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

// exportsText describes the queue of exports in a line.
func exportsText(sum app.ExportSummary) string {
	if sum.Photos == 0 {
		return ""
	}
	parts := []string{lang.L("{{.Done}} of {{.Photos}} done", with{"Done": sum.Done, "Photos": sum.Photos})}
	if sum.Failed > 0 {
		parts = append(parts, lang.L("{{.Count}} failed", with{"Count": sum.Failed}))
	}
	switch {
	case sum.Open > 0 && (sum.Paused || !sum.Active):
		parts = append(parts, lang.L("paused"))
	case sum.Active && sum.Left > 0:
		parts = append(parts, leftText(sum.Left))
	}
	return strings.Join(parts, ", ")
}

// leftText says how long something will take, no more exactly than can be known.
func leftText(d time.Duration) string {
	minutes := int(math.Round(d.Minutes()))
	switch {
	case d < 10*time.Second:
		return lang.L("a few seconds left")
	case d < time.Minute:
		return lang.L("less than a minute left")
	case minutes == 1:
		return lang.L("about a minute left")
	case minutes < 100:
		return lang.L("about {{.Minutes}} minutes left", with{"Minutes": minutes})
	}
	return lang.L("about {{.Hours}} hours left", with{"Hours": fmt.Sprintf("%.0f", math.Round(d.Hours()))})
}

// exportText describes an entry of the queue in a line.
func exportText(e app.ExportInfo) string {
	part := func(text string) string {
		if e.Total > 0 {
			text += fmt.Sprintf("  %d %%", 100*e.Done/e.Total)
		}
		return text
	}
	switch e.State {
	case app.ExportQueued:
		return lang.L("Waiting")
	case app.ExportRunning:
		switch {
		case e.Total == 0:
			return lang.L("Getting ready…")
		case e.Done == e.Total:
			return lang.L("Saving…")
		}
		return part(lang.L("Denoising"))
	case app.ExportPaused:
		return part(lang.L("Paused"))
	case app.ExportDone:
		text := lang.L("Saved as {{.Name}}", with{"Name": filepath.Base(e.Output)})
		if !e.Note.Empty() {
			text += ". " + said(e.Note)
		}
		return text
	case app.ExportFailed:
		return said(e.Problem)
	case app.ExportCancelled:
		return lang.L("Cancelled")
	}
	return ""
}

// endTexts are title and text of the notice at the end of a run.
func endTexts(sum app.ExportSummary) (title, text string) {
	counts := map[string]any{"Done": sum.Done, "Photos": sum.Photos, "Failed": sum.Failed, "Folder": sum.Folder}
	switch {
	case sum.Done == 0:
		return lang.L("The export failed"), lang.L("None of {{.Photos}} photos could be exported.", counts)
	case sum.Failed > 0:
		return lang.L("The export has ended"), lang.L("{{.Done}} of {{.Photos}} photos are in {{.Folder}}, {{.Failed}} failed.", counts)
	case sum.Photos == 1:
		return lang.L("The export is done"), lang.L("The photo is in {{.Folder}}.", counts)
	}
	return lang.L("The export is done"), lang.L("{{.Done}} photos are in {{.Folder}}.", counts)
}

// tracedEnd tells the trace how a run ended.
func tracedEnd(sum app.ExportSummary) string {
	text := fmt.Sprintf("%d of %d", sum.Done, sum.Photos)
	if sum.Failed > 0 {
		text += fmt.Sprintf(", %d failed", sum.Failed)
	}
	return text
}
