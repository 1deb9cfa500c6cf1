package sizing

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// Conf returns the properties that the shape becomes in that release: always cores and memory, and of the others
// those that the shape sets. Language becomes spark.kubernetes.resource.type for Python and R, which spark-submit
// writes itself in cluster mode. FromConf is the inverse.
func (s Shape) Conf(v spark.Version) map[string]string {
	conf := map[string]string{spark.ExecutorCores.Name: strconv.Itoa(s.cores()), spark.ExecutorMemory.Name: s.heap().JVM()}
	set := func(when bool, k spark.Key, value string) {
		if when && k.In(v) {
			conf[k.Name] = value
		}
	}
	factor := executor.factor
	if !factor.In(v) {
		factor = spark.KubernetesMemoryOverheadFactor
	}
	set(s.taskCPUs() != 1, spark.TaskCPUs, strconv.Itoa(s.taskCPUs()))
	set(s.Overhead != 0, spark.ExecutorMemoryOverhead, s.Overhead.JVM())
	set(s.OverheadFactor != 0, factor, strconv.FormatFloat(s.OverheadFactor, 'g', -1, 64))
	set(s.MinOverhead != 0, spark.ExecutorMinMemoryOverhead, s.MinOverhead.JVM())
	set(s.OffHeap != 0, spark.OffHeapEnabled, "true")
	set(s.OffHeap != 0, spark.OffHeapSize, s.OffHeap.JVM())
	set(s.PySpark != 0, spark.PySparkMemory, s.PySpark.JVM())
	set(s.Language != JVM, spark.KubernetesResourceType, string(s.Language))
	set(s.RequestCPU != 0, spark.ExecutorRequestCores, s.RequestCPU.String())
	set(s.LimitCPU != 0, spark.ExecutorLimitCores, s.LimitCPU.String())
	return conf
}

// FromConf reads the shape that a configuration asks for, as the configuration's release reads it: defaults are
// filled in, and keys that the release does not know count for nothing. What Spark would refuse is an
// *[InvalidError] that names the key, its value and the rule; a bare number for spark.executor.memory is such a
// value, although the pod would count it as MiB. Refused as well is what a Shape cannot say: an overhead or a CPU
// amount that is set to zero.
//
// The factor that the driver writes itself (spark.kubernetes.memoryOverheadFactor, 0.1 or 0.4 by language) is
// read as unset.
func FromConf(c spark.Conf) (Shape, error) {
	r := &reader{conf: c}
	language := r.language()
	s := r.shape(executor, language)
	s.TaskCPUs = r.count(spark.TaskCPUs)
	s.OffHeap = r.offHeap()
	s.PySpark = r.size(spark.PySparkMemory)
	if len(r.errs) > 0 {
		return Shape{}, invalid(r.errs)
	}
	if err := s.Validate(c.Version()); err != nil {
		return Shape{}, err
	}
	return s, nil
}

// reader reads a configuration and collects what is wrong with it.
type reader struct {
	problems
	conf spark.Conf
}

// shape reads the part that a driver has too.
func (r *reader) shape(of role, language Language) Shape {
	s := Shape{
		Cores: r.count(of.cores), Heap: r.heap(of.heap), Overhead: r.overhead(of.overhead), Language: language,
		RequestCPU: r.cpu(of.request), LimitCPU: r.cpu(of.limit),
	}
	if r.isSet(of.minimum) {
		s.MinOverhead = r.size(of.minimum)
	}
	r.factor(&s, of.factor)
	return s
}

// isSet reports whether the key was set and the release reads it.
func (r *reader) isSet(k spark.Key) bool {
	return r.conf.IsSet(k) && k.In(r.conf.Version())
}

func take[T any](r *reader, value T, err error) T {
	var bad *spark.ValueError
	if errors.As(err, &bad) {
		r.add(bad.Key, bad.Value, bad.Err.Error())
	}
	return value
}

func (r *reader) size(k spark.Key) units.Bytes {
	value, err := r.conf.Size(k)
	return take(r, value, err)
}

func (r *reader) count(k spark.Key) int {
	n, err := r.conf.Int(k)
	if take(r, n, err); err == nil && n < 1 {
		r.add(k.Name, n, "must be at least 1")
	}
	return n
}

func (r *reader) language() Language {
	switch text, _ := r.conf.Value(spark.KubernetesResourceType); text {
	case "", "java":
		return JVM
	default:
		return Language(text)
	}
}

// heap refuses a bare number for executors: ResourceProfile reads it as MiB, but UnifiedMemoryManager, which
// checks it before anything runs, as bytes.
func (r *reader) heap(k spark.Key) units.Bytes {
	text, _ := r.conf.Value(k)
	bare := strings.TrimSpace(text)
	if k.Name == spark.ExecutorMemory.Name && bare != "" && strings.Trim(bare, "0123456789") == "" {
		r.add(k.Name, text, "Spark's memory check reads a bare number as bytes, finds less than 450m and fails; write "+bare+"m")
		return 0
	}
	b, err := r.conf.Size(k)
	if take(r, b, err); err == nil && b == 0 {
		r.add(k.Name, text, "Spark refuses heaps below 450m; write at least 450m")
	}
	return b
}

func (r *reader) overhead(k spark.Key) units.Bytes {
	b, err := r.conf.Size(k)
	if text, set := r.conf.Lookup(k.Name); take(r, set, err) && err == nil && b == 0 {
		r.add(k.Name, text, "it leaves a pod without room beside the heap, which Kubernetes kills; remove the key or write at least 384m")
	}
	return b
}

// factor reads the role's own factor, else the old one for all roles, which may be 0: then only the minimum counts.
func (r *reader) factor(s *Shape, own spark.Key) {
	old := spark.KubernetesMemoryOverheadFactor
	switch {
	case r.isSet(own):
		if s.OverheadFactor = r.float(own); s.OverheadFactor == 0 {
			r.add(own.Name, "0", "must be a number above 0, for example 0.1")
		}
	case r.conf.IsSet(old):
		switch f := r.float(old); {
		case f < 0:
			r.add(old.Name, f, "must not be negative")
		case f == 0:
			s.Overhead = cmp.Or(s.Overhead, s.minimum(r.conf.Version()))
		case f != s.Language.overheadFactor():
			s.OverheadFactor = f
		}
	}
}

func (r *reader) float(k spark.Key) float64 {
	f, err := r.conf.Float(k)
	return take(r, f, err)
}

func (r *reader) cpu(k spark.Key) units.MilliCPU {
	text, _ := r.conf.Value(k)
	if text == "" {
		return 0
	}
	c, err := units.ParseCPU(text)
	if err != nil {
		r.add(k.Name, text, err.Error())
	} else if c <= 0 {
		r.add(k.Name, text, `must be above 0, for example "500m"`)
	}
	return c
}

// offHeap is Utils.executorOffHeapMemorySizeAsMb: in whole MiB, and 0 unless enabled.
func (r *reader) offHeap() units.Bytes {
	enabled, err := r.conf.Bool(spark.OffHeapEnabled)
	if take(r, enabled, err); !enabled {
		return 0
	}
	b := r.size(spark.OffHeapSize)
	if b < mib {
		text, _ := r.conf.Value(spark.OffHeapSize)
		r.add(spark.OffHeapSize.Name, text, "must be at least 1m where spark.memory.offHeap.enabled is true")
	}
	return b - b%mib
}
