// Package ui is what the user sees of Blindspot: one window with the viewer in its middle, the strip of photos on its left,
// the panel on its right and the status bar at its bottom.
//
// The rules that it keeps:
//
//   - It knows the program through package app only. It draws pixels that app delivers and computes none.
//   - The photo is drawn by one widget over one canvas.Raster, at device pixels, into a buffer that is reused.
//   - Everything happens on Fyne's goroutine. Work that comes back from the session's workers crosses over in one place,
//     the bridge.
//   - Controls hand the keyboard back after use, so that Space and the letters always reach the viewer.
//
// # Tracing
//
// With BLINDSPOT_TRACE=FILE in the environment the program appends one line of JSON to FILE for each setting that the
// user changes, once the picture that shows it is on the screen:
//
//	{"event":"hole","value":"5","paint_ms":14.2,"trunk_passes":9,"cells":12}
//
// paint_ms runs from the event to the end of the painted frame, trunk_passes counts the network's runs for the preview
// since the model was loaded: it stays the same as long as only warm cells are painted. Other events are "opened",
// "picture" (the first photo, still noisy), "first" (of the cells that an event has the network see), "preview" (all visible
// cells have arrived), "divider" and "pan" (with the mouse), "asked" (with Fyne's dialog for files), "saved", "exported" (nothing is left in the queue), "training" (another stage
// of the train view), and "layout", which says where on the window the controls are.
package ui
