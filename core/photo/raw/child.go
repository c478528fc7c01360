//go:build !noraw

package raw

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/signal"
)

// WorkerMain must be the first call of every main, and of TestMain in packages
// whose tests decode raws. In a process that was started as a decoding child it
// answers questions until its parent closes the pipe, and does not return. In
// any other it returns at once.
func WorkerMain() {
	if len(os.Args) != 2 || os.Args[1] != childArgument || os.Getenv(childVariable) == "" {
		hooked.Store(true)
		return
	}
	signal.Ignore(os.Interrupt) // a Ctrl-C in a terminal reaches children too; the parent decides
	prepareChild()
	serve(os.Stdin, os.Stdout)
	os.Exit(0)
}

// serve answers the questions of in until it ends or answers cannot be written.
func serve(in io.Reader, out io.Writer) {
	questions := make(chan question)
	// Waiting for the next question while one is answered shows at once when the
	// parent is gone: the process then ends in the middle of its work.
	go func() {
		r := bufio.NewReader(in)
		for {
			var q question
			const longest = 1 << 20
			if err := readJSON(r, "", longest, &q); err != nil {
				os.Exit(0)
			}
			questions <- q
		}
	}()
	w := bufio.NewWriterSize(out, 1<<16)
	for q := range questions {
		if w.WriteByte(received) != nil || w.Flush() != nil {
			return
		}
		if answerTo(w, q) != nil || w.Flush() != nil {
			return
		}
	}
}

// answerTo answers one question. The error is that of writing; what is wrong with
// the file is told in the answer.
func answerTo(w io.Writer, q question) error {
	d, err := openDecoder(q.Path)
	if err == nil {
		defer d.close()
		switch q.Op {
		case opInspect:
			err = writeJSON(w, answerSignature, answer{Info: d.info(), Peak: peakMemory()})
		case opPreview:
			err = d.preview(w)
		case opFull, opHalf:
			err = d.develop(w, q.Op == opHalf)
		case opMosaic:
			err = d.mosaic(w)
		default:
			err = errNonsense
		}
	}
	var wrong *decodeError
	if errors.As(err, &wrong) { // all of these come before anything is written
		return writeJSON(w, answerSignature, answer{Failure: wrong.failure, Why: wrong.why, Peak: peakMemory()})
	}
	return err
}
