package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// queueList is the list of photos in the drawer. With the keyboard: arrows choose a photo, with Shift they move it, P pauses it
// or lets it go on, R tries it again, Delete cancels it or takes it off the list, Escape puts the drawer away. All other keys are
// the window's.
type queueList struct {
	widget.List
	q *queueView
}

func newQueueList(q *queueView) *queueList {
	l := &queueList{q: q}
	l.Length = func() int { return len(q.entries) }
	l.CreateItem = func() fyne.CanvasObject { return newQueueRow(q.session, q.takeKeys) }
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(q.entries) {
			o.(*queueRow).show(q.entries[i])
		}
	}
	l.OnSelected = func(i widget.ListItemID) {
		if i < len(q.entries) {
			q.current = q.entries[i].ID
			q.showProblem()
		}
	}
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// at is the place of the chosen photo, -1 if none is.
func (l *queueList) at() int {
	return slices.IndexFunc(l.q.entries, func(e app.ExportInfo) bool { return e.ID == l.q.current })
}

// follow keeps the mark at the chosen photo when the list has changed.
func (l *queueList) follow() {
	if at := l.at(); at >= 0 {
		l.Select(at)
	} else {
		l.UnselectAll()
	}
	l.Refresh()
}

// choose goes to another place of the list.
func (l *queueList) choose(at int) {
	if n := len(l.q.entries); n > 0 {
		l.Select(min(max(at, 0), n-1))
	}
}

// FocusGained chooses the first photo if none is. What has the keyboard is seen by the mark of the chosen one; Fyne's own
// would be a second mark.
func (l *queueList) FocusGained() {
	if l.at() < 0 {
		l.choose(0)
	}
}

// FocusLost leaves the mark.
func (l *queueList) FocusLost() {}

// TypedKey is told by Fyne.
func (l *queueList) TypedKey(e *fyne.KeyEvent) {
	at := l.at()
	moves := map[fyne.KeyName]app.Move{
		fyne.KeyUp: app.MoveUp, fyne.KeyDown: app.MoveDown, fyne.KeyHome: app.MoveFirst, fyne.KeyEnd: app.MoveLast,
	}
	move, moving := moves[e.Name]
	switch {
	case moving && modifiers()&fyne.KeyModifierShift != 0:
		l.q.session.MoveExport(l.q.current, move)
	case e.Name == fyne.KeyUp:
		l.choose(at - 1)
	case e.Name == fyne.KeyDown:
		l.choose(at + 1)
	case e.Name == fyne.KeyHome:
		l.choose(0)
	case e.Name == fyne.KeyEnd:
		l.choose(len(l.q.entries) - 1)
	case e.Name == fyne.KeyEscape:
		l.q.w.toggleQueue()
	case e.Name == fyne.KeyDelete && at >= 0:
		giveUp(l.q.session, l.q.entries[at])
		if at < len(l.q.entries) && l.at() < 0 { // the next one has come to its place
			l.choose(at)
		}
	default:
		l.q.w.typedKey(e)
	}
}

// TypedRune is told by Fyne.
func (l *queueList) TypedRune(r rune) {
	at := l.at()
	switch {
	case (r == 'p' || r == 'P') && at >= 0:
		pauseOrNot(l.q.session, l.q.entries[at])
	case (r == 'r' || r == 'R') && at >= 0:
		l.q.session.RetryExport(l.q.current)
	default:
		l.q.w.typed(r)
	}
}

// giveUp cancels a photo that is not finished, and takes one off the list that is.
func giveUp(s *app.Session, e app.ExportInfo) {
	if e.State.Finished() {
		s.RemoveExport(e.ID)
	} else {
		s.CancelExport(e.ID)
	}
}

// pauseOrNot holds a photo back, or lets it go on, and the whole queue if that is what it waits for.
func pauseOrNot(s *app.Session, e app.ExportInfo) {
	switch {
	case e.State == app.ExportPaused && e.Total > 0:
		s.PauseExports(false)
	case e.State == app.ExportPaused:
		s.ContinueExport(e.ID)
	default:
		s.PauseExport(e.ID)
	}
}
