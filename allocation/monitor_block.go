package allocation

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Block is what the manager needs to know of a block: which RDD or shuffle it belongs to. The zero value is any other
// block, which holds no executor.
type Block struct {
	kind         blockKind
	owner, index int
}

type blockKind uint8

const (
	otherBlock blockKind = iota
	rddBlock
	shuffleBlock
)

// RDDBlock is a partition of a cached RDD.
func RDDBlock(rdd, partition int) Block { return Block{kind: rddBlock, owner: rdd, index: partition} }

// ShuffleDataBlock is a data file of a shuffle, as it is reported where decommissioning has moved it.
func ShuffleDataBlock(shuffle int) Block { return Block{kind: shuffleBlock, owner: shuffle} }

var blockNames = regexp.MustCompile(`^(?:rdd_([0-9]+)_([0-9]+)|shuffle_([0-9]+)_[0-9]+_[0-9]+\.data)$`)

// ParseBlock reads the name of a block ("rdd_3_0", "shuffle_2_5_0.data", "broadcast_1"), after org.apache.spark.storage.BlockId.
// Every other name is one of the blocks that hold no executor. The error is of numbers that are no 32 bits.
func ParseBlock(name string) (Block, error) {
	part := blockNames.FindStringSubmatch(name)
	if part == nil {
		return Block{}, nil
	}
	number := func(s string) int {
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil {
			return -1
		}
		return int(n)
	}
	block := ShuffleDataBlock(number(part[3]))
	if part[1] != "" {
		block = RDDBlock(number(part[1]), number(part[2]))
	}
	if block.owner < 0 || block.index < 0 {
		return Block{}, fmt.Errorf("allocation: block %q: Spark counts RDDs, partitions and shuffles in 32 bits", name)
	}
	return block, nil
}

// StorageLevel is where a block lies (org.apache.spark.storage.StorageLevel). The zero value is NONE: it is gone.
type StorageLevel struct{ Memory, Disk bool }

// BlockUpdated takes that a block of an executor was stored, moved or dropped. Cached blocks hold their executor for
// Policy.CachedIdle; those on disk do not where a shuffle service serves them. A shuffle file that arrives makes its
// executor a holder of the shuffle.
func (m *Manager) BlockUpdated(now time.Duration, e Executor, block Block, level StorageLevel) {
	m.advance(now)
	if !m.backend.Active(e) {
		return
	}
	t := m.track(e, UnknownProfile)
	switch {
	case block.kind == shuffleBlock && m.monitor.tracking:
		t.addShuffle(block.owner)
	case block.kind != rddBlock:
	case level != StorageLevel{} && !(level.Disk && m.monitor.fetchRDD):
		m.monitor.cache(t, block)
	default:
		m.monitor.uncache(t, block)
	}
}

// UnpersistRDD takes that an RDD is no longer cached anywhere.
func (m *Manager) UnpersistRDD(now time.Duration, rdd int) {
	m.advance(now)
	for _, e := range m.monitor.live {
		t := &m.monitor.trackers[e]
		delete(t.cached, rdd)
		if len(t.cached) == 0 {
			m.monitor.updateTimeout(t)
		}
	}
}

// cache notes a block; with the first one the timeout changes.
func (m *monitor) cache(t *tracker, b Block) {
	if t.cached == nil {
		t.cached = map[int]*indexSet{}
	}
	blocks := t.cached[b.owner]
	if blocks == nil {
		blocks = &indexSet{}
		t.cached[b.owner] = blocks
	}
	first := len(t.cached) == 1 && blocks.size == 0
	blocks.add(b.index)
	if first {
		m.updateTimeout(t)
	}
}

// uncache forgets a block; with the last one the timeout changes.
func (m *monitor) uncache(t *tracker, b Block) {
	blocks := t.cached[b.owner]
	if blocks == nil {
		return
	}
	if blocks.remove(b.index); blocks.size > 0 {
		return
	}
	if delete(t.cached, b.owner); len(t.cached) == 0 {
		m.updateTimeout(t)
	}
}
