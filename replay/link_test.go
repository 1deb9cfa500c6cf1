package replay_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// TestTasksThatFollowTheCoresAreFound replays a stage of as many tasks as cores on twice the cores.
func TestTasksThatFollowTheCoresAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		rdd   string
		input units.Bytes
		conf  map[string]string
		tasks int
	}{
		"a scan of small files":     {rdd: "FileScanRDD", tasks: 4},
		"a scan of large ones":      {rdd: "FileScanRDD", input: units.GiB(1), tasks: 2},
		"a joined shuffle":          {rdd: "ShuffledRowRDD", tasks: 4},
		"one that is not adaptive":  {rdd: "ShuffledRowRDD", conf: map[string]string{spark.AdaptiveExecution.Name: "false"}, tasks: 2},
		"one of all its partitions": {rdd: "ShuffledRowRDD", conf: map[string]string{spark.ShufflePartitions.Name: "2"}, tasks: 2},
		"a parallelism of its own":  {rdd: "FileScanRDD", conf: map[string]string{spark.DefaultParallelism.Name: "2"}, tasks: 2},
		"another dataset":           {rdd: "ParallelCollectionRDD", tasks: 2},
	} {
		p := run([][]stageSpec{{{tasks: seconds(4, 4)}}}, 2)
		p.Stages[0].RDDs = []workload.RDD{{ID: 1, Name: c.rdd}}
		p.Stages[0].Sums.Input = c.input
		p.Conf = p.Conf.With(c.conf)
		r := replayed(t, p, fixed(2, 2))
		assert.Equal(t, c.tasks, r.Stages[0].Tasks, name)
		assert.Equal(t, 8*time.Second, r.BusyTime, "%s: the work is the same", name)
	}
}
