package allocation

// denseIndices is how many indices an indexSet keeps as bits, so that no index makes it large.
const denseIndices = 1 << 22

// indexSet is a set of small whole numbers, such as the indices of a stage's tasks.
type indexSet struct {
	// exists tells an empty set from none: Spark's maps have a key for the one.
	exists bool
	size   int
	bits   []uint64
	far    map[int]struct{}
}

// add puts an index into the set and reports whether it was new.
func (s *indexSet) add(i int) bool {
	s.exists = true
	if s.has(i) {
		return false
	}
	s.size++
	if i < 0 || i >= denseIndices {
		if s.far == nil {
			s.far = map[int]struct{}{}
		}
		s.far[i] = struct{}{}
		return true
	}
	for len(s.bits) <= i/64 {
		s.bits = append(s.bits, 0)
	}
	s.bits[i/64] |= 1 << (i % 64)
	return true
}

// remove takes an index out of the set and reports whether it was in.
func (s *indexSet) remove(i int) bool {
	if !s.has(i) {
		return false
	}
	s.size--
	if i < 0 || i >= denseIndices {
		delete(s.far, i)
	} else {
		s.bits[i/64] &^= 1 << (i % 64)
	}
	return true
}

func (s *indexSet) has(i int) bool {
	if i < 0 || i >= denseIndices {
		_, ok := s.far[i]
		return ok
	}
	return i/64 < len(s.bits) && s.bits[i/64]&(1<<(i%64)) != 0
}

// drop empties the set and keeps its memory.
func (s *indexSet) drop() {
	clear(s.far)
	s.exists, s.size, s.bits = false, 0, s.bits[:0]
}
