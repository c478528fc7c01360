// Command blindspot-cli is Blindspot without a window: it denoises and measures photos, trains models and times this
// computer. It builds and runs without a graphics system.
//
// Rules that every command keeps:
//
//   - What was asked for goes to standard output, everything else (progress, problems) to standard error.
//   - With --json, standard output holds exactly one JSON document.
//   - A problem is one plain sentence.
//   - Exit code 0: all done. 1: some inputs failed, the rest are done. 2: wrong usage, nothing was done.
//   - Ctrl-C stops cleanly; what was finished is kept.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"blindspot/app"
	"blindspot/assets"
)

// Exit codes.
const (
	exitDone  = 0
	exitSome  = 1
	exitUsage = 2
)

func main() {
	app.RunHelper()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// From the first signal on, a second one ends the program at once.
	context.AfterFunc(ctx, stop)
	p := &program{stdout: os.Stdout, stderr: os.Stderr, bar: newBar(os.Stderr)}
	code := p.main(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// program is one run of the command line.
type program struct {
	stdout, stderr io.Writer
	bar            *bar
	library        *app.Library
}

// command is one of the program's commands.
type command struct {
	name, summary string
	run           func(ctx context.Context, p *program, args []string) error
}

func commands() []command {
	return []command{
		{"denoise", "denoise photos", denoise},
		{"train", "train a model on a folder of noisy photos", train},
		{"eval", "compare denoised photos with clean ones: PSNR and SSIM", eval},
		{"inspect", "tell what photos say about themselves", inspect},
		{"models", "list the models that can be chosen", models},
		{"import", "take a model in, from a checkpoint of PyTorch or a model file", importModel},
		{"bench", "measure how fast this computer is", bench},
	}
}

// errReported ends a command whose problems have been told.
var errReported = errors.New("some inputs failed")

// main runs the command that args name and returns the exit code.
func (p *program) main(ctx context.Context, args []string) int {
	err := p.dispatch(ctx, args)
	p.bar.clear()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.Is(err, errReported):
		return exitSome
	case errors.Is(err, context.Canceled):
		p.complain(errors.New("stopped"))
		return exitSome
	}
	p.complain(err)
	if errors.Is(err, app.ErrUsage) || errors.Is(err, app.ErrUnknownModel) {
		return exitUsage
	}
	return exitSome
}

func (p *program) dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return usagef("name a command: %s", commandNames())
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		p.help()
		return nil
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		var err error
		if p.library, err = app.OpenLibrary(assets.FS); err != nil {
			return err
		}
		return c.run(ctx, p, args[1:])
	}
	return usagef("there is no command %q: choose %s", args[0], commandNames())
}

func commandNames() string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func (p *program) help() {
	fmt.Fprint(p.stdout, "Blindspot removes noise from photographs.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(p.stdout, "  blindspot-cli %-8s %s\n", c.name, c.summary)
	}
	fmt.Fprint(p.stdout, "\n`blindspot-cli COMMAND --help` lists the options of a command. They may stand before or after file names.\n"+
		"Exit codes: 0 all done, 1 some inputs failed (the rest are done), 2 wrong usage.\n")
}

// complain tells a problem.
func (p *program) complain(err error) {
	p.bar.clear()
	fmt.Fprintln(p.stderr, app.Sentence(err))
}

// say prints a line that is not for --json.
func (p *program) say(format string, args ...any) {
	p.bar.clear()
	fmt.Fprintf(p.stdout, format+"\n", args...)
}
