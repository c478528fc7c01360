package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The greys are neutral: a tinted surround changes how colours in a photo are seen.
var (
	greyPit      = color.NRGBA{0x17, 0x17, 0x17, 0xff} // around the photo
	greyDeep     = color.NRGBA{0x1d, 0x1d, 0x1d, 0xff} // separators, status bar
	greyPanel    = color.NRGBA{0x26, 0x26, 0x26, 0xff}
	greyRaised   = color.NRGBA{0x33, 0x33, 0x33, 0xff} // controls
	greyHover    = color.NRGBA{0x3f, 0x3f, 0x3f, 0xff}
	greySelected = color.NRGBA{0x5a, 0x5a, 0x5a, 0xff}
	greyFaint    = color.NRGBA{0x76, 0x76, 0x76, 0xff} // disabled text
	greyQuiet    = color.NRGBA{0xa6, 0xa6, 0xa6, 0xff} // secondary text
	greyText     = color.NRGBA{0xde, 0xde, 0xde, 0xff}
	greyBright   = color.NRGBA{0xf4, 0xf4, 0xf4, 0xff}
	problemRed   = color.NRGBA{0xe8, 0x8c, 0x7a, 0xff}
	shade        = color.NRGBA{0x10, 0x10, 0x10, 0xc4} // behind words on the photo
)

// menuText looks like greyText. Fyne makes the colour of shortcuts in menus of the low bytes of its 16-bit values, which for
// an opaque grey are a fifth of it: unreadable. Nearly opaque it comes out as secondary text.
var menuText = color.NRGBA{0xe2, 0xe2, 0xe2, 0xf7}

// darkroom is the program's theme: dark, neutral and compact, whatever the desktop's.
type darkroom struct{}

var colours = map[fyne.ThemeColorName]color.Color{
	theme.ColorNameBackground:          greyPanel,
	theme.ColorNameButton:              greyRaised,
	theme.ColorNameDisabledButton:      color.NRGBA{0x2d, 0x2d, 0x2d, 0xff},
	theme.ColorNameDisabled:            greyFaint,
	theme.ColorNamePlaceHolder:         greyQuiet,
	theme.ColorNameForeground:          menuText,
	theme.ColorNameForegroundOnPrimary: greyDeep,
	theme.ColorNameForegroundOnError:   greyDeep,
	theme.ColorNameForegroundOnSuccess: greyDeep,
	theme.ColorNameForegroundOnWarning: greyDeep,
	theme.ColorNameHeaderBackground:    greyDeep,
	theme.ColorNameHover:               color.NRGBA{0xff, 0xff, 0xff, 0x14},
	theme.ColorNamePressed:             color.NRGBA{0xff, 0xff, 0xff, 0x28},
	theme.ColorNameFocus:               color.NRGBA{0xff, 0xff, 0xff, 0x30},
	theme.ColorNameSelection:           color.NRGBA{0xff, 0xff, 0xff, 0x30},
	theme.ColorNameInputBackground:     greyRaised,
	theme.ColorNameInputBorder:         greySelected,
	theme.ColorNameMenuBackground:      greyDeep,
	theme.ColorNameOverlayBackground:   greyPanel,
	theme.ColorNamePrimary:             color.NRGBA{0xc8, 0xc8, 0xc8, 0xff},
	theme.ColorNameHyperlink:           greyBright,
	theme.ColorNameScrollBar:           color.NRGBA{0xff, 0xff, 0xff, 0x50},
	theme.ColorNameScrollBarBackground: color.NRGBA{},
	theme.ColorNameSeparator:           greyDeep,
	theme.ColorNameShadow:              color.NRGBA{0, 0, 0, 0x80},
	theme.ColorNameError:               problemRed,
	theme.ColorNameWarning:             problemRed,
	theme.ColorNameSuccess:             greyBright,
}

func (darkroom) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	if c, ok := colours[name]; ok {
		return c
	}
	return theme.DefaultTheme().Color(name, theme.VariantDark)
}

func (darkroom) Font(style fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(style) }

func (darkroom) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:            13,
	theme.SizeNameCaptionText:     11,
	theme.SizeNameSubHeadingText:  15,
	theme.SizeNameHeadingText:     18,
	theme.SizeNamePadding:         4,
	theme.SizeNameInnerPadding:    7,
	theme.SizeNameInputRadius:     4,
	theme.SizeNameSelectionRadius: 3,
	theme.SizeNameInlineIcon:      18,
}

func (darkroom) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return theme.DefaultTheme().Size(name)
}
