package main

import (
	"context"

	"blindspot/app"
)

const importHelp = `
blindspot-cli import [--name NAME] FILE
blindspot-cli import FILE -o FILE.safetensors

Takes a model from a checkpoint of PyTorch (.pth, as published for AT-BSN) or from a model file. The first form adds it
to your models, the second writes it to a new file; if that ends in .pth it becomes a checkpoint. A checkpoint's tensors
are read, nothing in it is executed, and no file that is there is replaced.`

func importModel(_ context.Context, p *program, args []string) error {
	f := newFlags("import", importHelp)
	name := f.String("name", "", "`NAME` among your models (that of the file)")
	output := f.String("o", "", "`FILE` to write to instead")
	words, err := f.parse(p, args)
	switch {
	case err != nil:
		return err
	case len(words) != 1:
		return usagef("import takes one file: the checkpoint or model file")
	case *name != "" && *output != "":
		return usagef("a name is for your models and -o for a file: give one of them")
	case *output != "":
		if err := app.ConvertModel(words[0], *output); err != nil {
			return err
		}
		p.say("%s is written.", *output)
		return nil
	}
	added, err := p.library.Import(words[0], *name)
	if err != nil {
		return err
	}
	p.say("The model %s is among your models now.", added)
	return nil
}
