package torch

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"blindspot/core/say"
)

// This file has the instructions of the machine that in Python would look up and call functions.

// global pushes the name of a function or class, if it is a known one: two lines, or two texts from the stack.
func (m *machine) global(op byte) error {
	var name global
	if op == 'c' {
		lines := bytes.SplitN(m.data[m.at:], []byte("\n"), 3)
		if len(lines) < 3 {
			return m.damaged("ends too early")
		}
		m.at += len(lines[0]) + len(lines[1]) + 2
		name = global(fmt.Sprintf("%s.%s", lines[0], lines[1]))
	} else {
		items, err := m.popN(2)
		if err != nil {
			return err
		}
		name = global(fmt.Sprintf("%v.%v", items[0], items[1]))
	}
	if !globals[name] {
		return say.Errorf("%w: it names %.80q, which a list of weights has no need of; a checkpoint must hold the state_dict alone", ErrRefused, name)
	}
	m.push(name)
	return nil
}

// reduce makes the object that a function of the table would return.
func (m *machine) reduce() error {
	items, err := m.popN(2)
	if err != nil {
		return err
	}
	name, _ := items[0].(global)
	args, ok := items[1].(tuple)
	if !ok {
		return m.damaged("calls %q without arguments", name)
	}
	var made any
	switch {
	case name == orderedDict && len(args) <= 1:
		made, err = m.ordered(args)
	case name == rebuildTensor && len(args) >= 6 || name == rebuildOld && len(args) == 4:
		made, err = m.rebuild(args)
	case name == rebuildParam && len(args) == 3:
		made = args[0]
	case name == torchSize && len(args) == 1:
		made = args[0]
	default:
		return m.damaged("calls %q with %d arguments", name, len(args))
	}
	if err == nil {
		m.push(made)
	}
	return err
}

// ordered makes a dictionary, from a list of pairs if there is one.
func (m *machine) ordered(args tuple) (any, error) {
	d := &dict{}
	if len(args) == 0 {
		return d, nil
	}
	pairs, ok := args[0].(*list)
	if !ok {
		return nil, m.damaged("makes a dictionary of what is no list")
	}
	for _, p := range pairs.items {
		pair := pairOf(p)
		if len(pair) != 2 {
			return nil, m.damaged("makes a dictionary of what are no pairs")
		}
		if err := m.enter(d, pair); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func pairOf(o any) []any {
	switch o := o.(type) {
	case *list:
		return o.items
	case tuple:
		return o
	}
	return nil
}

// build gives an object attributes. The only ones in lists of weights are versions of PyTorch's layers, and nothing
// here depends on them.
func (m *machine) build() error {
	items, err := m.popN(2)
	if err != nil {
		return err
	}
	if _, ok := items[0].(*dict); !ok {
		return m.damaged("gives attributes to what is no dictionary")
	}
	m.push(items[0])
	return nil
}

// persistent makes a storage: ("storage", its kind, its key, the device, how many values).
func (m *machine) persistent() error {
	o, err := m.pop()
	if err != nil {
		return err
	}
	id, _ := o.(tuple)
	if len(id) < 5 || id[0] != "storage" || len(id) > 5 && id[5] != nil {
		return m.damaged("refers to something that is no storage")
	}
	name, _ := id[1].(global)
	word := strings.TrimSuffix(strings.TrimPrefix(string(name), storagePackage), storageEnding)
	size, known := kinds[kind(word)]
	key, isText := id[2].(string)
	count, isNumber := id[4].(int64)
	if !known || !isText || !isNumber {
		return m.damaged("describes a storage in a way that no version of PyTorch does")
	}
	if count < 0 || count > maxStorage/size {
		return say.Errorf("%w: its storage %.20q claims %d numbers", ErrDamaged, key, count)
	}
	made := &storage{key: key, kind: kind(word), count: count}
	if before := m.storages[key]; before != nil && *before != *made {
		return m.damaged("describes its storage %.20q in two ways", key)
	}
	m.storages[key] = made
	m.push(made)
	return nil
}

// rebuild makes a tensor of (storage, offset, shape, strides, …).
func (m *machine) rebuild(args tuple) (any, error) {
	s, isStorage := args[0].(*storage)
	offset, isNumber := args[1].(int64)
	shape, isShape := numbers(args[2])
	strides, isStrides := numbers(args[3])
	if !isStorage || !isNumber || !isShape || !isStrides || len(shape) != len(strides) || len(shape) > maxRank {
		return nil, m.damaged("describes a tensor in a way that no version of PyTorch does")
	}
	if offset < 0 || offset > s.count {
		return nil, m.damaged("has a tensor that begins outside its storage")
	}
	t := Tensor{storage: s, offset: offset, strides: strides, Shape: make([]int, len(shape))}
	total, last := int64(1), offset
	for i, n := range shape {
		if n < 0 || n > math.MaxInt32/max(total, 1) || strides[i] < 0 || strides[i] > s.count {
			return nil, m.damaged("has a tensor of shape %v and strides %v", shape, strides)
		}
		total *= n
		last += max(n-1, 0) * strides[i]
		t.Shape[i] = int(n)
	}
	if total > 0 && last >= s.count {
		return nil, m.damaged("has a tensor that ends outside its storage")
	}
	return &view{t}, nil
}

// numbers are the numbers of a tuple.
func numbers(o any) ([]int64, bool) {
	items, ok := o.(tuple)
	list := make([]int64, len(items))
	for i, item := range items {
		n, isNumber := item.(int64)
		list[i], ok = n, ok && isNumber
	}
	return list, ok
}
