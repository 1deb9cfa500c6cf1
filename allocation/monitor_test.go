package allocation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
)

func TestParseBlock(t *testing.T) {
	for name, want := range map[string]allocation.Block{
		"rdd_3_0":                     allocation.RDDBlock(3, 0),
		"rdd_2147483647_12":           allocation.RDDBlock(1<<31-1, 12),
		"shuffle_2_5_0.data":          allocation.ShuffleDataBlock(2),
		"shuffle_2_5_0.index":         {},
		"shuffle_2_5_0":               {},
		"broadcast_1":                 {},
		"broadcast_1_piece0":          {},
		"rdd_x_0":                     {},
		"":                            {},
		"shufflePush_1_2_3_4":         {},
		"prefix shuffle_2_5_0.data x": {},
	} {
		got, err := allocation.ParseBlock(name)
		require.NoError(t, err)
		assert.Equal(t, want, got, name)
	}
	for _, name := range []string{"rdd_2147483648_0", "rdd_0_99999999999999999999", "shuffle_9999999999_0_0.data"} {
		_, err := allocation.ParseBlock(name)
		assert.ErrorContains(t, err, name)
	}
}

func FuzzParseBlock(f *testing.F) {
	for _, name := range []string{"rdd_3_0", "shuffle_2_5_0.data", "broadcast_1", "rdd_99999999999_1"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		b, err := allocation.ParseBlock(name)
		if plain := !strings.HasPrefix(name, "rdd_") && !strings.HasPrefix(name, "shuffle_"); plain && (err != nil || b != allocation.Block{}) {
			t.Fatalf("%q is none of the blocks that count: %v, %v", name, b, err)
		}
	})
}

// A broadcast holds nobody, and an executor of unknown profile is never removed.
func TestBlockBeforeAnnouncement(t *testing.T) {
	w := newWorld(t, policyWith(nil), 1)
	w.start()
	w.registered["1"] = true
	w.do(0, func() { w.BlockUpdated(0, w.Executor("1"), allocation.Block{}, allocation.StorageLevel{Memory: true}) })
	w.do(0, func() { w.BlockUpdated(0, w.Executor("2"), allocation.Block{}, allocation.StorageLevel{Memory: true}) })
	assert.Equal(t, 1, w.State().Executors)
	w.run(ms(600_000))
	assert.Equal(t, "0:0", w.requests())

	w.added(600_001, 1)
	w.run(ms(700_000))
	assert.Equal(t, "0:0 660100:-1 660100:0", w.requests())
}

func ExampleParseBlock() {
	block, err := allocation.ParseBlock("rdd_3_0")
	fmt.Println(block == allocation.RDDBlock(3, 0), err)
	block, err = allocation.ParseBlock("broadcast_7_piece0")
	fmt.Println(block == allocation.Block{}, err)
	// Output:
	// true <nil>
	// true <nil>
}

func ExampleRDDBlock() {
	m, _ := allocation.NewManager(allocation.Default(spark.V35), 1, nil)
	idle := func() {
		for next, ok := m.NextTick(); ok; next, ok = m.NextTick() {
			m.Tick(next)
		}
		fmt.Println("leaving:", m.State().Removing)
	}
	m.Start(0)
	one := m.Executor("1")
	m.ExecutorAdded(0, one, allocation.DefaultProfile)
	m.BlockUpdated(0, one, allocation.RDDBlock(3, 0), allocation.StorageLevel{Memory: true})
	idle() // a cached block holds its executor for ever

	m.UnpersistRDD(5*time.Minute, 3)
	idle()
	// Output:
	// leaving: 0
	// leaving: 1
}

func ExampleShuffleDataBlock() {
	m, _ := allocation.NewManager(allocation.Default(spark.V35), 1, nil)
	m.Start(0)
	one := m.Executor("1")
	m.ExecutorAdded(0, one, allocation.DefaultProfile)
	m.BlockUpdated(0, one, allocation.ShuffleDataBlock(2), allocation.StorageLevel{Disk: true})
	for next, ok := m.NextTick(); ok; next, ok = m.NextTick() {
		m.Tick(next)
	}
	fmt.Println("leaving:", m.State().Removing)
	// Output: leaving: 0
}
