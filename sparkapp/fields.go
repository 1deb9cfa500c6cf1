package sparkapp

import (
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// crdField is a field that the operator turns into a key for spark-submit (buildSparkSubmitArgs, v2.5.2).
type crdField struct {
	path string
	key  string
	// early fields are passed before sparkConf, which therefore wins over them; the others win over sparkConf.
	early bool
}

const dynamicBlock = "dynamicAllocation"

// crdFields are in the order in which the operator passes them. Fields below dynamicAllocation count only while it is enabled.
var crdFields = []crdField{
	{"image", "spark.kubernetes.container.image", true},
	{"imagePullPolicy", "spark.kubernetes.container.image.pullPolicy", true},
	{"memoryOverheadFactor", spark.KubernetesMemoryOverheadFactor.Name, true},
	{"driver.cores", spark.DriverCores.Name, false},
	{"driver.coreRequest", spark.DriverRequestCores.Name, false},
	{"driver.coreLimit", spark.DriverLimitCores.Name, false},
	{"driver.memory", spark.DriverMemory.Name, false},
	{"driver.memoryOverhead", spark.DriverMemoryOverhead.Name, false},
	{"driver.serviceAccount", "spark.kubernetes.authenticate.driver.serviceAccountName", false},
	{"driver.javaOptions", "spark.driver.extraJavaOptions", false},
	{"executor.instances", spark.ExecutorInstances.Name, false},
	{"executor.cores", spark.ExecutorCores.Name, false},
	{"executor.coreRequest", spark.ExecutorRequestCores.Name, false},
	{"executor.coreLimit", spark.ExecutorLimitCores.Name, false},
	{"executor.memory", spark.ExecutorMemory.Name, false},
	{"executor.memoryOverhead", spark.ExecutorMemoryOverhead.Name, false},
	{"executor.serviceAccount", "spark.kubernetes.authenticate.executor.serviceAccountName", false},
	{"executor.deleteOnTermination", "spark.kubernetes.executor.deleteOnTermination", false},
	{"executor.javaOptions", "spark.executor.extraJavaOptions", false},
	{dynamicBlock + ".enabled", spark.DynamicAllocation.Name, false},
	{dynamicBlock + ".initialExecutors", spark.InitialExecutors.Name, false},
	{dynamicBlock + ".minExecutors", spark.MinExecutors.Name, false},
	{dynamicBlock + ".maxExecutors", spark.MaxExecutors.Name, false},
	{dynamicBlock + ".shuffleTrackingEnabled", spark.ShuffleTracking.Name, false},
	{dynamicBlock + ".shuffleTrackingTimeout", spark.ShuffleTrackingTimeout.Name, false},
}

// order is where new fields go among their siblings.
var order = []string{
	"apiVersion", "kind", "metadata", "name", "namespace", "labels", "annotations", "spec",
	"schedule", "type", "pythonVersion", "mode", "sparkVersion", "image", "imagePullPolicy", "mainClass",
	"mainApplicationFile", "arguments", "sparkConf", "hadoopConf", "memoryOverheadFactor", "restartPolicy", dynamicBlock, "enabled",
	"minExecutors", "initialExecutors", "maxExecutors", "shuffleTrackingEnabled", "shuffleTrackingTimeout", "driver", "executor",
	"instances", "cores", "coreRequest", "coreLimit", "memory", "memoryOverhead", "serviceAccount",
}

func fieldOf(key string) (crdField, bool) {
	for _, f := range crdFields {
		if f.key == key {
			return f, true
		}
	}
	return crdField{}, false
}

func (f crdField) below() []string { return strings.Split(f.path, ".") }

func (f crdField) dynamic() bool { return strings.HasPrefix(f.path, dynamicBlock+".") }

// value turns the text of a key into what the field holds: a number, a switch, milliseconds, or the text.
func (f crdField) value(text string) (any, error) {
	key, _ := spark.KeyByName(f.key)
	switch key.Kind {
	case spark.Int:
		n, err := strconv.ParseInt(text, 10, 32)
		return n, err
	case spark.Bool:
		return strconv.ParseBool(text)
	case spark.Time:
		d, err := units.ParseTime(text, key.Tick)
		return int64(d / time.Millisecond), err
	}
	return text, nil
}

// Locate is the path in the manifest at which the value of a Spark key stands, or would have to be set: the operator's field
// for it, or the key in sparkConf.
func (a *App) Locate(key string) *field.Path {
	s := a.spec()
	_, inConf := s.texts("sparkConf")[key]
	f, known := fieldOf(key)
	_, set := s.typed(f)
	if known && (set && !f.early || !inConf) {
		return pathOf(a.path(f.below()...))
	}
	return pathOf(a.path("sparkConf", key))
}

// same reports whether two values of a key are one to Spark: "2g" and "2048m", "2" and "2000m" CPUs.
func same(key, a, b string) bool {
	if a == b {
		return true
	}
	k, _ := spark.KeyByName(key)
	switch {
	case k.Kind == spark.Size:
		x, errX := units.ParseJVM(a, k.Bytes)
		y, errY := units.ParseJVM(b, k.Bytes)
		return errX == nil && errY == nil && x == y
	case k.Kind == spark.Time:
		x, errX := units.ParseTime(a, k.Tick)
		y, errY := units.ParseTime(b, k.Tick)
		return errX == nil && errY == nil && x == y
	case k.Kind == spark.Float:
		x, errX := strconv.ParseFloat(a, 64)
		y, errY := strconv.ParseFloat(b, 64)
		return errX == nil && errY == nil && x == y
	case strings.HasSuffix(key, ".cores"):
		x, errX := units.ParseCPU(a)
		y, errY := units.ParseCPU(b)
		return errX == nil && errY == nil && x == y
	}
	return false
}
