package torch

import (
	"encoding/binary"
	"fmt"
	"math"

	"blindspot/core/say"
)

// This file is a machine for the part of Python's pickle language (Lib/pickletools.py of CPython describes all of it)
// that torch.save writes for dictionaries of tensors, in protocols 2 to 4. The machine has a stack and a memo; its
// objects are the types below, and it can make nothing else.

// The machine's objects, beside nil, bool, int64, float64 and string.
type (
	tuple []any
	list  struct{ items []any }
	dict  struct{ entries []entry }
	entry struct{ key, value any }
	view  struct{ tensor Tensor }
	// global stands for a function or class by its name, such as "collections.OrderedDict". It is never called.
	global string
	mark   struct{}
)

// The names that lists of weights refer to, beside the kinds of storages.
const (
	orderedDict    = global("collections.OrderedDict")
	rebuildTensor  = global("torch._utils._rebuild_tensor_v2")
	rebuildOld     = global("torch._utils._rebuild_tensor")
	rebuildParam   = global("torch._utils._rebuild_parameter")
	torchSize      = global("torch.Size")
	storageEnding  = "Storage"
	storagePackage = "torch."
)

var globals = map[global]bool{orderedDict: true, rebuildTensor: true, rebuildOld: true, rebuildParam: true, torchSize: true}

func init() {
	for k := range kinds {
		globals[storagePackage+global(k)+storageEnding] = true
	}
}

// machine runs one pickle.
type machine struct {
	data     []byte
	at       int
	stack    []any
	memo     map[uint32]any
	storages map[string]*storage // that the pickle has named, by key
}

// unpickle runs the pickle at the beginning of data. It returns its object, and the machine, which stands behind its end.
func unpickle(data []byte) (object any, m *machine, err error) {
	m = &machine{data: data, memo: map[uint32]any{}, storages: map[string]*storage{}}
	for {
		op, err := m.byte()
		if err != nil {
			return nil, nil, err
		}
		if op == '.' {
			object, err = m.pop()
			return object, m, err
		}
		if err := m.step(op); err != nil {
			return nil, nil, err
		}
	}
}

// step carries out one instruction.
func (m *machine) step(op byte) error {
	switch op {
	case 0x80: // PROTO
		return m.protocol()
	case 0x95: // FRAME: only a hint for reading
		_, err := m.take(8)
		return err
	case '(':
		m.push(mark{})
	case 'N':
		m.push(nil)
	case 0x88, 0x89: // NEWTRUE, NEWFALSE
		m.push(op == 0x88)
	case 'K', 'M', 'J', 0x8a:
		return m.integer(op)
	case 'G':
		b, err := m.take(8)
		if err == nil {
			m.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
		}
		return err
	case 'X', 0x8c, 'U', 'T': // texts with lengths of 4 and 1 bytes, new and old
		return m.text(op)
	case '}':
		m.push(&dict{})
	case ']':
		m.push(&list{})
	case ')':
		m.push(tuple{})
	case 't':
		items, err := m.popMark()
		if err == nil {
			m.push(tuple(items))
		}
		return err
	case 0x85, 0x86, 0x87: // TUPLE1 to TUPLE3
		items, err := m.popN(int(op - 0x84))
		if err == nil {
			m.push(tuple(items))
		}
		return err
	case 's', 'u', 'a', 'e':
		return m.add(op)
	case 'q', 'r', 0x94, 'h', 'j':
		return m.remember(op)
	case 'c', 0x93:
		return m.global(op)
	case 'R':
		return m.reduce()
	case 'b':
		return m.build()
	case 'Q':
		return m.persistent()
	case '0':
		_, err := m.pop()
		return err
	default:
		return say.Errorf("%w: its pickle holds the instruction %#02x, which lists of weights do without", ErrRefused, op)
	}
	return nil
}

func (m *machine) damaged(format string, args ...any) error {
	return say.Errorf("%w: its pickle %s, at byte %d", ErrDamaged, fmt.Sprintf(format, args...), m.at)
}

func (m *machine) byte() (byte, error) {
	b, err := m.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// take returns the next n bytes of the pickle itself.
func (m *machine) take(n int) ([]byte, error) {
	if n < 0 || n > len(m.data)-m.at {
		return nil, m.damaged("ends too early")
	}
	b := m.data[m.at : m.at+n]
	m.at += n
	return b, nil
}

func (m *machine) push(o any) { m.stack = append(m.stack, o) }

func (m *machine) pop() (any, error) {
	items, err := m.popN(1)
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

// popN takes the uppermost n objects, none of which may be a mark. The slice is the caller's.
func (m *machine) popN(n int) ([]any, error) {
	if len(m.stack) < n {
		return nil, m.damaged("takes an object where there is none")
	}
	items := append([]any(nil), m.stack[len(m.stack)-n:]...)
	for _, o := range items {
		if o == (mark{}) {
			return nil, m.damaged("takes a mark for an object")
		}
	}
	m.stack = m.stack[:len(m.stack)-n]
	return items, nil
}

// popMark takes the objects down to the last mark, and the mark.
func (m *machine) popMark() ([]any, error) {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if m.stack[i] == (mark{}) {
			items, err := m.popN(len(m.stack) - i - 1)
			m.stack = m.stack[:i]
			return items, err
		}
	}
	return nil, m.damaged("goes back to a mark that it has not set")
}

func (m *machine) protocol() error {
	v, err := m.byte()
	if err == nil && (v < 2 || v > 4) {
		return say.Errorf("%w: its pickle has protocol %d and this program reads 2 to 4", ErrRefused, v)
	}
	return err
}

// add puts objects into a list or dictionary: one, or all above the last mark.
func (m *machine) add(op byte) error {
	var items []any
	var err error
	switch op {
	case 's':
		items, err = m.popN(2)
	case 'a':
		items, err = m.popN(1)
	default:
		items, err = m.popMark()
	}
	if err != nil {
		return err
	}
	if len(m.stack) == 0 {
		return m.damaged("adds to nothing")
	}
	switch o := m.stack[len(m.stack)-1].(type) {
	case *list:
		if op == 'a' || op == 'e' {
			o.items = append(o.items, items...)
			return nil
		}
	case *dict:
		if (op == 's' || op == 'u') && len(items)%2 == 0 {
			return m.enter(o, items)
		}
	}
	return m.damaged("adds to what is no list")
}

// enter adds keys and values in turn to a dictionary.
func (m *machine) enter(d *dict, items []any) error {
	for i := 0; i < len(items); i += 2 {
		switch items[i].(type) {
		case string, int64:
			d.entries = append(d.entries, entry{items[i], items[i+1]})
		default:
			return m.damaged("has a key that is neither text nor number")
		}
	}
	return nil
}

// remember puts the uppermost object into the memo, or fetches one from there.
func (m *machine) remember(op byte) error {
	index := uint32(len(m.memo))
	if op != 0x94 {
		width := 1
		if op == 'r' || op == 'j' {
			width = 4
		}
		b, err := m.take(width)
		if err != nil {
			return err
		}
		index = uint32(b[0])
		if width == 4 {
			index = binary.LittleEndian.Uint32(b)
		}
	}
	if op == 'h' || op == 'j' {
		o, ok := m.memo[index]
		if !ok {
			return m.damaged("fetches what it has not remembered")
		}
		m.push(o)
		return nil
	}
	o, err := m.pop()
	if err == nil {
		m.memo[index] = o
		m.push(o)
	}
	return err
}
