package app

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// waitFor polls until the condition holds; everything it is used for happens within microseconds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestPreviewOvertakesAtTheNextStep(t *testing.T) {
	q, ctx := NewQueue(), t.Context()
	training, err := q.Enter(ctx, Training)
	if err != nil {
		t.Fatal(err)
	}
	var order []string // guarded by the turn itself
	done := make(chan error, 2)
	for _, job := range []struct {
		name     string
		priority Priority
	}{{"export", Exporting}, {"preview", Previewing}} {
		go func() {
			turn, err := q.Enter(ctx, job.priority)
			if err == nil {
				order = append(order, job.name)
				turn.Leave()
			}
			done <- err
		}()
		waitFor(t, job.name+" to wait", func() bool { return q.Waiting(job.priority) })
	}
	order = append(order, "step 1")
	if err := training.Yield(ctx); err != nil {
		t.Fatal(err)
	}
	order = append(order, "step 2")
	training.Leave()
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"step 1", "preview", "export", "step 2"}; !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
}

func TestYieldKeepsTheTurnFromEquals(t *testing.T) {
	q, ctx := NewQueue(), t.Context()
	first, err := q.Enter(ctx, Exporting)
	if err != nil {
		t.Fatal(err)
	}
	entered := make(chan *Turn)
	go func() {
		second, _ := q.Enter(ctx, Exporting)
		entered <- second
	}()
	waitFor(t, "the second export to wait", func() bool { return q.Waiting(Exporting) })
	if err := first.Yield(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case <-entered:
		t.Fatal("a second export overtook the first")
	default:
	}
	first.Leave()
	(<-entered).Leave()
}

func TestCancelledJobsLeaveTheLine(t *testing.T) {
	q := NewQueue()
	holder, err := q.Enter(t.Context(), Exporting)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, err := q.Enter(ctx, Previewing)
		failed <- err
	}()
	waitFor(t, "the preview to wait", func() bool { return q.Waiting(Previewing) })
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled wait ended with %v", err)
	}
	if err := holder.Yield(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("yielding under a cancelled context gave %v", err)
	}
	holder.Leave()
	next, err := q.Enter(t.Context(), Training)
	if err != nil {
		t.Fatalf("the queue is stuck: %v", err)
	}
	next.Leave()
}

// A cancellation may meet the hand-over of the turn; whichever wins, the turn must not get lost.
func TestTurnSurvivesRaces(t *testing.T) {
	q := NewQueue()
	for range 300 {
		holder, err := q.Enter(t.Context(), Training)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			if turn, err := q.Enter(ctx, Previewing); err == nil {
				turn.Leave()
			}
		}()
		go cancel()
		holder.Leave()
		<-done
	}
	turn, err := q.Enter(t.Context(), Training)
	if err != nil {
		t.Fatal(err)
	}
	turn.Leave()
}
