package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"blindspot/app"
)

// usageError is a mistake in the command line.
type usageError struct{ text string }

func (u usageError) Error() string        { return u.text }
func (u usageError) Is(target error) bool { return target == app.ErrUsage }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// flags are the options of one command.
type flags struct {
	*flag.FlagSet
	synopsis string
}

// newFlags makes the options of a command; synopsis is its first lines of help.
func newFlags(name, synopsis string) *flags {
	f := &flags{flag.NewFlagSet(name, flag.ContinueOnError), synopsis}
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	return f
}

// parse reads args, in which options and other words may be mixed; after "--" there are only words. It returns the words.
// Asked for help, it prints it and returns flag.ErrHelp.
func (f *flags) parse(p *program, args []string) (words []string, err error) {
	for len(args) > 0 {
		if err := f.Parse(args); err != nil {
			if err == flag.ErrHelp {
				f.printHelp(p.stdout)
				return nil, err
			}
			return nil, usagef("%s: %s (see blindspot-cli %s --help)", f.Name(), plainFlagError(err), f.Name())
		}
		rest := f.Args()
		if used := len(args) - len(rest); used > 0 && args[used-1] == "--" {
			return append(words, rest...), nil
		}
		if len(rest) == 0 {
			break
		}
		words, args = append(words, rest[0]), rest[1:]
	}
	return words, nil
}

// plainFlagError puts the errors of package flag into plain words.
func plainFlagError(err error) string {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: "); ok {
		return "there is no option " + name
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: "); ok {
		return "the option " + name + " needs a value"
	}
	return text
}

func (f *flags) printHelp(w io.Writer) {
	fmt.Fprintf(w, "%s\n\nOptions:\n", strings.TrimSpace(f.synopsis))
	f.VisitAll(func(o *flag.Flag) {
		dashes := "--"
		if len(o.Name) == 1 {
			dashes = "-"
		}
		value, text := flag.UnquoteUsage(o)
		text = strings.ReplaceAll(text, "\n", "\n        ")
		if o.DefValue != "" && o.DefValue != "0" && o.DefValue != "false" && o.DefValue != "0s" {
			text += " (" + o.DefValue + ")"
		}
		fmt.Fprintf(w, "  %s\n        %s\n", strings.TrimSpace(dashes+o.Name+" "+value), text)
	})
}

// given reports whether an option was named.
func (f *flags) given(name string) bool {
	found := false
	f.Visit(func(o *flag.Flag) { found = found || o.Name == name })
	return found
}

// strength is an option from 0 to 1, which may be written in percent.
type strength float32

func (s *strength) String() string { return strconv.FormatFloat(float64(*s), 'g', -1, 32) }

func (s *strength) Set(text string) error {
	number, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 32)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1) { // written so that NaN fails
		return fmt.Errorf("a strength is a number from 0 to 1 or from 0%% to 100%%")
	}
	*s = strength(v)
	return nil
}

// denoising are the options that denoise and eval share.
type denoising struct {
	flags        *flags
	model, mode  string
	hole         string
	luma, colour strength
	texture      strength
	threads      int
	json         bool
	bare         bool
	suggest      bool // mode and hole for each photo
}

func (f *flags) denoising(holes string) *denoising {
	d := &denoising{flags: f, luma: 1, colour: 1, texture: 1}
	f.StringVar(&d.model, "model", "", "`NAME` of a model, see blindspot-cli models, or its file")
	f.StringVar(&d.mode, "mode", "", "`MODE`: fast, tunable (the teacher at one hole), average (over all holes), or suggested (what suits each photo's noise);\n"+
		"fast if the model has the fast network, tunable if it has not or a hole is given")
	f.StringVar(&d.hole, "hole", "", "`K`: 0, 1, 3, 5, 7, 9 or 11; small ones keep detail and grain, large ones are smoother (3)"+holes)
	f.Var(&d.luma, "luma", "`S`trength of brightness denoising, 0 to 1")
	f.Var(&d.colour, "colour", "`S`trength of colour denoising, 0 to 1")
	f.Var(&d.texture, "texture", "`S`hare of the texture to keep, 0 to 1: what stands out of the noise but could not be guessed")
	f.BoolVar(&d.bare, "bare", false, "what the network says and nothing after it: what it left of the noise stays, no texture comes back")
	f.threads(&d.threads)
	f.BoolVar(&d.json, "json", false, "print one JSON document")
	return d
}

func (f *flags) threads(n *int) {
	f.IntVar(n, "threads", 0, "`N` threads, at most one for each processor is useful (all processors)")
}

// suggestedMode stands for the mode that suits each photo.
const suggestedMode = "suggested"

// settings loads the model and puts mode, hole and strengths together. allHoles leaves the hole out.
func (d *denoising) settings(p *program, allHoles bool) (*app.Model, app.Settings, error) {
	s := app.Settings{Luma: float32(d.luma), Colour: float32(d.colour), Texture: float32(d.texture), Bare: d.bare, Hole: app.DefaultHole}
	if err := checkThreads(d.threads); err != nil {
		return nil, s, err
	}
	var err error
	d.suggest = strings.EqualFold(d.mode, suggestedMode)
	if d.flags.given("mode") && !d.suggest {
		if s.Mode, err = app.ParseMode(d.mode); err != nil {
			return nil, s, usagef("%v", err)
		}
	}
	if d.flags.given("hole") && !allHoles {
		if s.Hole, err = app.ParseHole(d.hole); err != nil {
			return nil, s, usagef("%v", err)
		}
	}
	if d.suggest && d.flags.given("hole") {
		return nil, s, usagef("--mode suggested chooses the hole: leave out --hole")
	}
	model, err := p.library.Find(d.model)
	if err != nil {
		return nil, s, err
	}
	if !d.flags.given("mode") || d.suggest {
		s.Mode = app.Fast
		if d.flags.given("hole") || !model.HasFast() {
			s.Mode = app.Tunable
		}
	}
	return model, s, nil
}

// modeName is what --mode would be to say the same.
func modeName(s app.Settings, suggested bool) string {
	if suggested {
		return suggestedMode
	}
	return s.Mode.String()
}

func checkThreads(n int) error {
	if n < 0 || n > 1024 {
		return usagef("%d threads are outside 1 to 1024", n)
	}
	return nil
}

// number is a figure that JSON can hold: null where it is infinite or none.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if math.IsInf(float64(n), 0) || math.IsNaN(float64(n)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// printJSON prints the one document of a command.
func (p *program) printJSON(document any) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}
