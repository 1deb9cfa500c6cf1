package spark

import (
	"slices"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/units"
)

// Key is one configuration entry of Spark.
type Key struct {
	// Name is the full name, for example "spark.executor.memory".
	Name string
	// Kind says how Spark reads the value.
	Kind Kind
	// Bytes is the unit of a bare number, for a key of kind Size.
	Bytes units.Bytes
	// Tick is the unit of a bare number, for a key of kind Time.
	Tick time.Duration
	// Since is the first release that has the key; the zero value means 3.0 or earlier.
	Since Version

	fallback *Key
	defaults []since
}

type since struct {
	version Version
	value   string
}

// In reports whether that release reads the key. A key that somebody set counts where the release is unknown.
func (k Key) In(v Version) bool { return !v.Known() || v.AtLeast(k.Since.Major, k.Since.Minor) }

// Kind is the form of a value.
type Kind string

// The kinds of value.
const (
	Text  Kind = "text"
	Bool  Kind = "bool"
	Int   Kind = "int"
	Float Kind = "float"
	Size  Kind = "size"
	Time  Kind = "time"
)

// Default returns the default in that version, "" where there is none.
func (k Key) Default(v Version) string {
	value := ""
	for _, d := range k.defaults {
		if v.AtLeast(d.version.Major, d.version.Minor) {
			value = d.value
		}
	}
	return value
}

var table []Key

// Keys returns all known keys, sorted by name.
func Keys() []Key {
	return slices.SortedFunc(slices.Values(table), func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
}

// KeyByName returns the known key of that exact name.
func KeyByName(name string) (Key, bool) {
	i := slices.IndexFunc(table, func(k Key) bool { return k.Name == name })
	if i < 0 {
		return Key{}, false
	}
	return table[i], true
}

type option func(*Key)

func key(name string, kind Kind, value string, options ...option) Key {
	k := Key{Name: name, Kind: kind}
	if value != "" {
		k.defaults = []since{{value: value}}
	}
	for _, o := range options {
		o(&k)
	}
	table = append(table, k)
	return k
}

func from(v Version) option        { return func(k *Key) { k.Since = v } }
func fallsBackTo(other Key) option { return func(k *Key) { k.fallback = &other } }
func changed(v Version, value string) option {
	return func(k *Key) { k.defaults = append(k.defaults, since{v, value}) }
}
func counts(unit units.Bytes) option           { return func(k *Key) { k.Bytes = unit } }
func ticks(unit time.Duration) option          { return func(k *Key) { k.Tick = unit } }
func text(name, value string, o ...option) Key { return key(name, Text, value, o...) }
func boolean(name, value string, o ...option) Key {
	return key(name, Bool, value, o...)
}
func integer(name, value string, o ...option) Key { return key(name, Int, value, o...) }
func float(name, value string, o ...option) Key   { return key(name, Float, value, o...) }
func size(name, value string, unit units.Bytes, o ...option) Key {
	return key(name, Size, value, append(o, counts(unit))...)
}

func seconds(name, value string, o ...option) Key {
	return key(name, Time, value, append(o, ticks(time.Second))...)
}

func millis(name, value string, o ...option) Key {
	return key(name, Time, value, append(o, ticks(time.Millisecond))...)
}

const (
	mib       = units.Bytes(1 << 20)
	unlimited = "2147483647"
)

// Application, driver and scheduling.
var (
	Master                     = text("spark.master", "")
	DeployMode                 = text("spark.submit.deployMode", "client")
	AppID                      = text("spark.app.id", "")
	DefaultParallelism         = integer("spark.default.parallelism", "")
	TaskCPUs                   = integer("spark.task.cpus", "1")
	TaskMaxFailures            = integer("spark.task.maxFailures", "4")
	SchedulerMode              = text("spark.scheduler.mode", "FIFO")
	MinRegisteredRatio         = float("spark.scheduler.minRegisteredResourcesRatio", "")
	MaxRegisteredWait          = millis("spark.scheduler.maxRegisteredResourcesWaitingTime", "30s")
	ReviveInterval             = millis("spark.scheduler.revive.interval", "1s")
	LocalityWait               = millis("spark.locality.wait", "3s")
	Speculation                = boolean("spark.speculation", "false")
	SpeculationQuantile        = float("spark.speculation.quantile", "0.75", changed(V40, "0.9"))
	SpeculationMultiplier      = float("spark.speculation.multiplier", "1.5", changed(V40, "3"))
	CoresMax                   = integer("spark.cores.max", "")
	DriverCores                = integer("spark.driver.cores", "1")
	DriverMemory               = size("spark.driver.memory", "1g", mib)
	DriverMemoryOverhead       = size("spark.driver.memoryOverhead", "", mib)
	DriverMinMemoryOverhead    = size("spark.driver.minMemoryOverhead", "384m", mib, from(V40))
	DriverMemoryOverheadFactor = float("spark.driver.memoryOverheadFactor", "0.1", from(Version{Major: 3, Minor: 3}))
)

// Executors.
var (
	ExecutorInstances            = integer("spark.executor.instances", "")
	ExecutorCores                = integer("spark.executor.cores", "1")
	ExecutorMemory               = size("spark.executor.memory", "1g", mib)
	ExecutorMemoryOverhead       = size("spark.executor.memoryOverhead", "", mib)
	ExecutorMinMemoryOverhead    = size("spark.executor.minMemoryOverhead", "384m", mib, from(V40))
	ExecutorMemoryOverheadFactor = float("spark.executor.memoryOverheadFactor", "0.1", from(Version{Major: 3, Minor: 3}))
	PySparkMemory                = size("spark.executor.pyspark.memory", "", mib)
	OffHeapEnabled               = boolean("spark.memory.offHeap.enabled", "false")
	OffHeapSize                  = size("spark.memory.offHeap.size", "0", 1)
	MemoryFraction               = float("spark.memory.fraction", "0.6")
	MemoryStorageFraction        = float("spark.memory.storageFraction", "0.5")
	ExecutorMaxNumFailures       = integer("spark.executor.maxNumFailures", "", from(V35))
	ExecutorMetricsPolling       = millis("spark.executor.metrics.pollingInterval", "0")
	ProcessTreeMetrics           = boolean("spark.executor.processTreeMetrics.enabled", "false")
)

// Dynamic allocation.
var (
	DynamicAllocation          = boolean("spark.dynamicAllocation.enabled", "false")
	MinExecutors               = integer("spark.dynamicAllocation.minExecutors", "0")
	InitialExecutors           = integer("spark.dynamicAllocation.initialExecutors", "", fallsBackTo(MinExecutors))
	MaxExecutors               = integer("spark.dynamicAllocation.maxExecutors", unlimited)
	ExecutorAllocationRatio    = float("spark.dynamicAllocation.executorAllocationRatio", "1.0")
	SchedulerBacklogTimeout    = seconds("spark.dynamicAllocation.schedulerBacklogTimeout", "1s")
	SustainedBacklogTimeout    = seconds("spark.dynamicAllocation.sustainedSchedulerBacklogTimeout", "", fallsBackTo(SchedulerBacklogTimeout))
	ExecutorIdleTimeout        = seconds("spark.dynamicAllocation.executorIdleTimeout", "60s")
	CachedExecutorIdleTimeout  = seconds("spark.dynamicAllocation.cachedExecutorIdleTimeout", unlimited+"s")
	ShuffleTracking            = boolean("spark.dynamicAllocation.shuffleTracking.enabled", "false", changed(Version{Major: 3, Minor: 4}, "true"))
	ShuffleTrackingTimeout     = millis("spark.dynamicAllocation.shuffleTracking.timeout", "9223372036854775807ms")
	ShuffleService             = boolean("spark.shuffle.service.enabled", "false")
	ShuffleServiceFetchRDD     = boolean("spark.shuffle.service.fetch.rdd.enabled", "false")
	ShuffleSortIOPlugin        = text("spark.shuffle.sort.io.plugin.class", "org.apache.spark.shuffle.sort.io.LocalDiskShuffleDataIO")
	Decommission               = boolean("spark.decommission.enabled", "false", from(Version{Major: 3, Minor: 1}))
	StorageDecommission        = boolean("spark.storage.decommission.enabled", "false", from(Version{Major: 3, Minor: 1}))
	DecommissionShuffle        = boolean("spark.storage.decommission.shuffleBlocks.enabled", "true", from(Version{Major: 3, Minor: 1}))
	DecommissionRDD            = boolean("spark.storage.decommission.rddBlocks.enabled", "true", from(Version{Major: 3, Minor: 1}))
	DecommissionForceKill      = seconds("spark.executor.decommission.forceKillTimeout", "", from(Version{Major: 3, Minor: 2}))
	StreamingDynamicAllocation = boolean("spark.streaming.dynamicAllocation.enabled", "false")
	CleanerPeriodicGC          = seconds("spark.cleaner.periodicGC.interval", "30min")
	DynamicAllocationTesting   = boolean("spark.dynamicAllocation.testing", "false")
)

// Kubernetes.
var (
	KubernetesMemoryOverheadFactor = float("spark.kubernetes.memoryOverheadFactor", "0.1")
	KubernetesResourceType         = text("spark.kubernetes.resource.type", "")
	ExecutorRequestCores           = text("spark.kubernetes.executor.request.cores", "")
	ExecutorLimitCores             = text("spark.kubernetes.executor.limit.cores", "")
	DriverRequestCores             = text("spark.kubernetes.driver.request.cores", "")
	DriverLimitCores               = text("spark.kubernetes.driver.limit.cores", "")
	PodsAllocator                  = text("spark.kubernetes.allocation.pods.allocator", "direct", from(Version{Major: 3, Minor: 3}))
	AllocationBatchSize            = integer("spark.kubernetes.allocation.batch.size", "5", changed(V40, "10"))
	AllocationBatchDelay           = millis("spark.kubernetes.allocation.batch.delay", "1s")
	AllocationMaxPendingPods       = integer("spark.kubernetes.allocation.maxPendingPods", unlimited, from(Version{Major: 3, Minor: 2}))
	DeleteGracePeriod              = millis("spark.kubernetes.dynamicAllocation.deleteGracePeriod", "5s")
)

// SQL and the event log.
var (
	AdaptiveExecution = boolean("spark.sql.adaptive.enabled", "false", changed(Version{Major: 3, Minor: 2}, "true"))
	ShufflePartitions = integer("spark.sql.shuffle.partitions", "200")
	EventLogEnabled   = boolean("spark.eventLog.enabled", "false")
	EventLogDir       = text("spark.eventLog.dir", "file:///tmp/spark-events")
	EventLogCompress  = boolean("spark.eventLog.compress", "false", changed(V40, "true"))
	EventLogRolling   = boolean("spark.eventLog.rolling.enabled", "false", changed(V40, "true"))
	LogStageMetrics   = boolean("spark.eventLog.logStageExecutorMetrics", "false")
	LogBlockUpdates   = boolean("spark.eventLog.logBlockUpdates.enabled", "false")
)
