package workload

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/spark"
)

// Trait is something that makes a run unlike an ordinary batch job, so that statistics, and a replay under other
// settings, tell less of its next run.
type Trait string

// The traits, sorted.
const (
	// BarrierStages is a stage whose tasks start together or not at all.
	BarrierStages Trait = "barrier-stages"
	// ConcurrentJobs are jobs that ran beside each other and do not belong to one SQL execution.
	ConcurrentJobs Trait = "concurrent-jobs"
	// DStreams is Spark Streaming, the older kind.
	DStreams Trait = "dstreams"
	// GPU is the RAPIDS plugin, or another use of GPUs by executors.
	GPU Trait = "gpu"
	// LocalMode is a driver that is the only executor.
	LocalMode Trait = "local-mode"
	// Photon is the native engine of Databricks.
	Photon Trait = "photon"
	// ResourceProfiles are stages or executors of another resource profile than the default one.
	ResourceProfiles Trait = "resource-profiles"
	// SparkConnect is a server whose clients send the work.
	SparkConnect Trait = "spark-connect"
	// Speculation is that copies of slow tasks ran.
	Speculation Trait = "speculation"
	// StructuredStreaming is a streaming query.
	StructuredStreaming Trait = "structured-streaming"
)

// traits say what each one means for what follows from a run, and how a profile shows it.
var traits = []struct {
	Trait
	why string
	in  func(*Profile) bool
}{
	{
		BarrierStages, "tasks of a barrier stage start together or not at all, so that fewer slots than tasks stop it; Spark refuses them with dynamic allocation",
		func(p *Profile) bool { return slices.ContainsFunc(p.Stages, func(s Stage) bool { return s.Barrier }) },
	},
	{
		ConcurrentJobs, "threads of the driver submit jobs beside each other, and which waits for which is not in the source",
		concurrentJobs,
	},
	{
		DStreams, "batches come by the clock and need what the stream brings; dynamic allocation for them is another one (spark.streaming.dynamicAllocation)",
		describedAs(func(s string) bool { return strings.HasPrefix(s, `Streaming job from <a href="/streaming/batch/`) }),
	},
	{
		GPU, "tasks work on GPUs, so that times, memory and what limits them do not carry over to other cores",
		usesGPU,
	},
	{
		LocalMode, "the driver is the only executor, so that neither start-up, nor shuffles over the network, nor executor memory were measured",
		localMode,
	},
	{
		Photon, "the engine works outside of the JVM, so that heap and task metrics tell only a part of it",
		photon,
	},
	{
		ResourceProfiles, "stages run on executors of several sizes; one shape does not describe them",
		func(p *Profile) bool {
			return slices.ContainsFunc(p.Stages, func(s Stage) bool { return s.ResourceProfile != 0 }) ||
				slices.ContainsFunc(p.Executors, func(e Executor) bool { return e.ResourceProfile != 0 })
		},
	},
	{
		SparkConnect, "clients send work when they like; when is not the application's own doing, and the next run differs",
		func(p *Profile) bool { return p.hasEvent("SparkListenerConnect") },
	},
	{
		Speculation, "copies of slow tasks ran and the losers were killed, so that stages end before their slowest task would have; slots that were free are part of it",
		func(p *Profile) bool { return p.Totals.TasksSpeculative > 0 },
	},
	{
		StructuredStreaming, "micro-batches come as long as the query lives and need what the stream brings; there is no end to finish sooner",
		structuredStreaming,
	},
}

// Why says in a sentence what the trait weakens. It is empty for a text that is no trait.
func (t Trait) Why() string {
	for _, known := range traits {
		if known.Trait == t {
			return known.why
		}
	}
	return ""
}

// Traits returns what makes the run unlike an ordinary batch job, sorted. A trait that the source does not show is not
// among them: of streaming queries a log tells by their events and the description of their jobs.
func (p *Profile) Traits() []Trait {
	var found []Trait
	for _, t := range traits {
		if t.in(p) {
			found = append(found, t.Trait)
		}
	}
	return found
}

// hasEvent reports whether the source has events that were not needed and whose name has the part.
func (p *Profile) hasEvent(part string) bool {
	for _, events := range []map[string]int{p.Coverage.Skipped, p.Coverage.Unknown} {
		for name := range events {
			if strings.Contains(name, part) {
				return true
			}
		}
	}
	return false
}

func describedAs(holds func(string) bool) func(*Profile) bool {
	return func(p *Profile) bool {
		return slices.ContainsFunc(p.Jobs, func(j Job) bool { return holds(j.Description) })
	}
}

func contains(conf spark.Conf, key, part string) bool {
	value, _ := conf.Lookup(key)
	return strings.Contains(value, part)
}

// structuredStreaming knows a micro-batch by its description (StreamExecution.getBatchDescriptionString, Spark 3.5.6).
func structuredStreaming(p *Profile) bool {
	return p.hasEvent("StreamingQueryListener$Query") || describedAs(func(s string) bool {
		return strings.Contains(s, "\nrunId = ") && strings.Contains(s, "\nbatch = ")
	})(p)
}

// usesGPU looks for the RAPIDS plugin, where it is not switched off, and for executors with GPUs.
func usesGPU(p *Profile) bool {
	off, _ := p.Conf.Lookup("spark.rapids.sql.enabled")
	gpus, _ := p.Conf.Lookup("spark.executor.resource.gpu.amount")
	return contains(p.Conf, "spark.plugins", "com.nvidia.spark.SQLPlugin") && !strings.EqualFold(off, "false") || gpus != "" && gpus != "0"
}

// photon looks at what Databricks says of the runtime.
func photon(p *Profile) bool {
	engine, _ := p.Conf.Lookup("spark.databricks.clusterUsageTags.runtimeEngine")
	return engine == "PHOTON" || slices.ContainsFunc([]string{"sparkVersion", "effectiveSparkVersion", "sparkImageLabel"}, func(tag string) bool {
		return contains(p.Conf, "spark.databricks.clusterUsageTags."+tag, "-photon-")
	})
}

func localMode(p *Profile) bool {
	master, _ := p.Conf.Value(spark.Master)
	return master == "local" || strings.HasPrefix(master, "local[") || slices.ContainsFunc(p.Executors, Executor.IsDriver)
}

// concurrentJobs looks for a time at which jobs ran beside each other. Those of one SQL execution count as one, because
// adaptive execution runs its query stages as jobs.
func concurrentJobs(p *Profile) bool {
	type edge struct {
		at   Instant
		of   int // the SQL execution, or one of its own
		step int // 1 at the start, -1 at the end
	}
	var edges []edge
	for i, j := range p.Jobs {
		if j.SQL < 0 {
			j.SQL = -1 - i
		}
		if j.Submitted.Known() && j.Completed > j.Submitted {
			edges = append(edges, edge{j.Submitted, j.SQL, 1}, edge{j.Completed, j.SQL, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step)) })
	running := map[int]int{}
	for _, e := range edges {
		if running[e.of] += e.step; running[e.of] == 0 {
			delete(running, e.of)
		}
		if len(running) > 1 {
			return true
		}
	}
	return false
}
