package app

import "time"

// exportKind tells exports apart that go at different paces.
type exportKind int

const (
	fastKind exportKind = iota
	teacherKind
	suggestedKind // now the one, now the other
	exportKinds
)

// paceMemory is how many photos of each kind the pace is taken from: the last ones, because other work on the computer
// comes and goes.
const paceMemory = 5

// pace knows how quickly photos were exported lately.
type pace struct {
	recent [exportKinds][]paceSample
}

type paceSample struct {
	megapixels float64
	took       time.Duration
}

func (p *pace) add(k exportKind, megapixels float64, took time.Duration) {
	if megapixels <= 0 || took <= 0 {
		return
	}
	list := append(p.recent[k], paceSample{megapixels, took})
	p.recent[k] = list[max(len(list)-paceMemory, 0):]
}

// rate is the pace in megapixels per second; ok is false while nothing is known.
func (p *pace) rate(k exportKind) (megapixels float64, ok bool) {
	var seconds float64
	for _, s := range p.recent[k] {
		megapixels += s.megapixels
		seconds += s.took.Seconds()
	}
	if seconds == 0 {
		return 0, false
	}
	return megapixels / seconds, true
}

// paceWork is a photo that is not done yet.
type paceWork struct {
	kind       exportKind
	megapixels float64 // 0 if its size is not known yet
	part       float64 // that is done, 0..1
	took       time.Duration
}

// leastPart of a photo must be done before its own pace says something.
const leastPart = 0.1

// left is how long photos will take, the first of which may be under way. Photos of unknown size count as the others do
// on average. ok is false where the pace of one is not known.
func (p *pace) left(work []paceWork) (d time.Duration, ok bool) {
	known, sum := 0, 0.0
	for _, w := range work {
		if w.megapixels > 0 {
			known++
			sum += w.megapixels
		}
	}
	if known == 0 {
		return 0, false
	}
	var seconds float64
	for _, w := range work {
		if w.megapixels == 0 {
			w.megapixels = sum / float64(known)
		}
		rate, ok := p.rate(w.kind)
		if first := work[0]; !ok && first.kind == w.kind && first.part >= leastPart && first.megapixels > 0 {
			rate, ok = first.megapixels*first.part/first.took.Seconds(), first.took > 0
		}
		if !ok {
			return 0, false
		}
		seconds += w.megapixels * (1 - w.part) / rate
	}
	return time.Duration(seconds * float64(time.Second)), true
}

// stopwatch measures time without pauses.
type stopwatch struct {
	sum   time.Duration
	since time.Time // zero while it stands
}

func (w *stopwatch) run(on bool) {
	if !w.since.IsZero() {
		w.sum += time.Since(w.since)
		w.since = time.Time{}
	}
	if on {
		w.since = time.Now()
	}
}

func (w *stopwatch) read() time.Duration {
	if w.since.IsZero() {
		return w.sum
	}
	return w.sum + time.Since(w.since)
}
