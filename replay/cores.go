package replay

import (
	"math"
	"slices"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Two kinds of stages have as many tasks as there were cores when they were planned, as
// SparkContext.defaultParallelism is their number (CoarseGrainedSchedulerBackend.defaultParallelism), at least 2: scans
// of files smaller than spark.sql.files.maxPartitionBytes a core (FilePartition.maxSplitBytes), and shuffles whose
// partitions adaptive execution joins (CoalesceShufflePartitions, parallelismFirst). The log names neither, so that a
// stage is taken for one where its datasets and its number of tasks say so.
const (
	scanRDD    = "FileScanRDD"
	shuffleRDD = "ShuffledRowRDD"
	// scanSplit is spark.sql.files.maxPartitionBytes.
	scanSplit = units.Bytes(128 << 20)
)

// linkCores finds the stages whose number of tasks follows the number of cores.
func (w *Work) linkCores(timeline []workload.Level) {
	c := w.profile.Conf
	if c.IsSet(spark.DefaultParallelism) {
		return
	}
	adaptive, _ := c.Bool(spark.AdaptiveExecution)
	partitions, _ := c.Int(spark.ShufflePartitions)
	for i := range w.stages {
		s := &w.stages[i]
		source := &w.profile.Stages[s.index]
		n, cores := source.NumTasks, coresAt(timeline, source.Submitted)
		switch {
		case int(s.last-s.first) != n || int(s.firsts) != n || cores < 2:
		case has(source, scanRDD) && n == cores && source.Sums.Input/units.Bytes(n) < scanSplit:
			s.cores, s.most = int32(cores), math.MaxInt32
		case adaptive && has(source, shuffleRDD) && n >= cores && n <= cores+cores/2 && n < partitions:
			s.cores, s.most = int32(cores), int32(partitions)
		}
	}
}

func has(s *workload.Stage, rdd string) bool {
	return slices.ContainsFunc(s.RDDs, func(r workload.RDD) bool { return r.Name == rdd })
}

// coresAt returns how many cores were registered.
func coresAt(levels []workload.Level, at workload.Instant) int {
	if i := levelAt(levels, at); i >= 0 {
		return levels[i].Cores
	}
	return 0
}

// cut divides the work of a stage whose tasks follow the cores among as many as there are of them now, or among the
// partitions of a dataset that it reads, which stay as many as they were when they were kept.
func (e *engine) cut(id int32) {
	w, s := &e.Work.stages[id], &e.stages[id]
	if w.cores == 0 || e.recorded {
		return
	}
	const parts = 100_000 // at most, unless there were more
	cores := max(2, e.pods.live*max(1, e.Shape.Cores))
	n := min(int(w.most), max(1, int(math.Round(float64(len(s.tasks))*float64(cores)/float64(w.cores)))))
	if i := slices.IndexFunc(w.keeps, func(d int32) bool { return e.kept[d] != nil }); i >= 0 {
		n = len(e.kept[w.keeps[i]])
	}
	if n = min(n, max(parts, len(s.tasks))); n != len(s.tasks) {
		s.tasks = divided(s.tasks, n)
		s.firsts = int32(n)
	}
}

// divided lays tasks end to end and cuts them into n parts of as many tasks each.
func divided(tasks []task, n int) []task {
	parts := make([]task, n)
	carry := 0 // what rounding left, in n-ths of milliseconds
	for i := range parts {
		parts[i].retry, parts[i].partition = none, int32(i)
		from, to := i*len(tasks), (i+1)*len(tasks) // in n-ths of tasks
		for k := from / n; k*n < to; k++ {
			share := min(to, (k+1)*n) - max(from, k*n)
			carry += share * int(tasks[k].base)
			parts[i].wrote += float32(share) / float32(n) * tasks[k].wrote
		}
		parts[i].base = int32(max(1, carry/n))
		carry -= int(parts[i].base) * n
	}
	return parts
}
