package workload

// ledger keeps entries by key, in the order in which they were first asked for. It makes an entry whichever of its
// events comes first.
type ledger[K comparable, E any] struct {
	index   map[K]int
	entries []E
}

// entry returns the entry of the key, which is a new one where there was none, and its index. The pointer is good
// until the next call.
func (l *ledger[K, E]) entry(key K) (*E, int) {
	i, ok := l.index[key]
	if !ok {
		if l.index == nil {
			l.index = map[K]int{}
		}
		i = len(l.entries)
		l.index[key] = i
		l.entries = append(l.entries, *new(E))
	}
	return &l.entries[i], i
}
