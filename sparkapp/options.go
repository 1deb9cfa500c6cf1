package sparkapp

import (
	"fmt"
	"maps"
	"math"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// Scala makes it a Scala application of that Spark release: the jar and its main class.
func Scala(version, mainClass, jar string) Option {
	return program(v1beta2.SparkApplicationTypeScala, version, mainClass, jar)
}

// Java makes it a Java application of that Spark release: the jar and its main class.
func Java(version, mainClass, jar string) Option {
	return program(v1beta2.SparkApplicationTypeJava, version, mainClass, jar)
}

// Python makes it a Python application of that Spark release: the main file.
func Python(version, file string) Option {
	return program(v1beta2.SparkApplicationTypePython, version, "", file)
}

// R makes it an R application of that Spark release: the main file.
func R(version, file string) Option {
	return program(v1beta2.SparkApplicationTypeR, version, "", file)
}

func program(language v1beta2.SparkApplicationType, version, mainClass, file string) Option {
	return func(s *v1beta2.SparkApplicationSpec) error {
		s.Type, s.Mode, s.SparkVersion, s.MainApplicationFile = language, v1beta2.DeployModeCluster, version, &file
		s.MainClass = optional(mainClass)
		return nil
	}
}

// Image sets the container image of driver and executors.
func Image(name string) Option {
	return func(s *v1beta2.SparkApplicationSpec) error {
		s.Image = optional(name)
		return nil
	}
}

// Arguments sets what is passed to the application.
func Arguments(arguments ...string) Option {
	return func(s *v1beta2.SparkApplicationSpec) error {
		s.Arguments = arguments
		return nil
	}
}

// Conf adds keys to sparkConf. A key of dynamic allocation that Spark does not have is a [*Refusal] that names those it has.
func Conf(properties map[string]string) Option {
	return func(s *v1beta2.SparkApplicationSpec) error {
		for _, key := range sortedKeys(properties) {
			if reason, instead := noSuchKey(key); reason != "" {
				return &Refusal{RefuseKey, reason, instead}
			}
		}
		addConf(s, properties)
		return nil
	}
}

func addConf(s *v1beta2.SparkApplicationSpec, properties map[string]string) {
	conf := maps.Clone(s.SparkConf)
	if conf == nil {
		conf = map[string]string{}
	}
	maps.Copy(conf, properties)
	s.SparkConf = conf
}

// Pod is what the driver, or an executor, asks for. A zero field is not decided: it stays as it is, or unset.
type Pod struct {
	// Cores is the number of task slots, times spark.task.cpus, and the CPU request where CoreRequest is not set.
	Cores int
	// CoreRequest and CoreLimit are the CPU request and limit of the container. Without CoreLimit there is none.
	CoreRequest, CoreLimit units.MilliCPU
	// Memory is the JVM heap, MemoryOverhead what the container gets beside it; both in whole MiB.
	Memory, MemoryOverhead units.Bytes
	// ServiceAccount and PriorityClass are names of objects in the cluster.
	ServiceAccount, PriorityClass string
}

// Driver sets what the driver asks for.
func Driver(p Pod) Option {
	return func(s *v1beta2.SparkApplicationSpec) error {
		set(&s.Driver.CoreRequest, cpu(p.CoreRequest))
		set(&s.Driver.PriorityClassName, optional(p.PriorityClass))
		return p.write(&s.Driver.SparkPodSpec, field.NewPath("spec", "driver"))
	}
}

// Executor sets what each executor asks for.
func Executor(p Pod) Option {
	return func(s *v1beta2.SparkApplicationSpec) error {
		set(&s.Executor.CoreRequest, cpu(p.CoreRequest))
		set(&s.Executor.PriorityClassName, optional(p.PriorityClass))
		return p.write(&s.Executor.SparkPodSpec, field.NewPath("spec", "executor"))
	}
}

func (p Pod) write(s *v1beta2.SparkPodSpec, path *field.Path) error {
	var bad field.ErrorList
	if p.Cores < 0 || p.Cores > math.MaxInt32 {
		bad = append(bad, field.Invalid(path.Child("cores"), p.Cores, countRule))
	}
	bad = append(bad, whole(path.Child("memory"), p.Memory)...)
	bad = append(bad, whole(path.Child("memoryOverhead"), p.MemoryOverhead)...)
	if len(bad) > 0 {
		return &InvalidError{bad}
	}
	if p.Cores != 0 {
		s.Cores = new(int32(p.Cores))
	}
	set(&s.CoreLimit, cpu(p.CoreLimit))
	set(&s.Memory, jvm(p.Memory))
	set(&s.MemoryOverhead, jvm(p.MemoryOverhead))
	set(&s.ServiceAccount, optional(p.ServiceAccount))
	return nil
}

func whole(path *field.Path, size units.Bytes) field.ErrorList {
	if size >= 0 && size%units.MiB(1) == 0 {
		return nil
	}
	return field.ErrorList{field.Invalid(path, size.JVM(), "must be whole MiB, in which Spark counts containers, and not negative")}
}

// Instances fixes the number of executors and takes dynamic allocation out.
func Instances(n int) Option {
	return func(s *v1beta2.SparkApplicationSpec) error {
		instances, err := count(field.NewPath("spec", "executor", "instances"), n)
		if err != nil {
			return err
		}
		s.Executor.Instances, s.DynamicAllocation = &instances, nil
		delete(s.SparkConf, spark.DynamicAllocation.Name)
		delete(s.SparkConf, spark.ExecutorInstances.Name)
		return nil
	}
}

func set(at **string, value *string) {
	if value != nil {
		*at = value
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func cpu(c units.MilliCPU) *string {
	if c == 0 {
		return nil
	}
	return optional(c.String())
}

func jvm(b units.Bytes) *string {
	if b == 0 {
		return nil
	}
	return optional(b.JVM())
}

const countRule = "must not be negative and fit into 32 bits"

func count(path *field.Path, n int) (int32, error) {
	if n < 0 || n > math.MaxInt32 {
		return 0, wrong(path, n, countRule)
	}
	return int32(n), nil
}

func wrong(path *field.Path, value any, format string, args ...any) error {
	return &InvalidError{field.ErrorList{field.Invalid(path, value, fmt.Sprintf(format, args...))}}
}
