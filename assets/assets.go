// Package assets holds the files that are built into the program: its icon, the sample photo, and the models that come
// with it. It has no logic; commands pass FS on to whoever reads from it.
//
// models/ may hold any number of *.safetensors files; bundled.safetensors is the one that a new user starts with. A
// build without models works: photos can then be viewed, and the program says that there is no model to denoise them.
// translations/ holds a catalogue for each language, licences/ the terms of what is built into the program.
package assets

import "embed"

// FS holds models/, sample/, translations/ and licences/.
//
//go:embed models sample/sample.jpg translations/*.json licences/*.txt
var FS embed.FS

// Icon is the program's icon, 256×256 pixels, PNG.
//
//go:embed icon.png
var Icon []byte
