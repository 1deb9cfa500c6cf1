package sparkapp

import (
	"cmp"
	"errors"
	"maps"
	"strings"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
)

// Conf is the configuration that Spark gets: the operator's defaults (its webhook sets cores 1, memory 1g, and instances 1
// without dynamic allocation), sparkConf, and the fields that win over it, in the order of the operator's spark-submit. Keys of
// labels, annotations, environment, secrets, volumes and node selectors are not among it. An unknown spec.sparkVersion gives a
// configuration of unknown version.
func (a *App) Conf() spark.Conf {
	s := a.defaulted()
	conf := map[string]string{}
	if namespace := a.Namespace(); namespace != "" {
		conf["spark.kubernetes.namespace"] = namespace
	}
	s.submit(conf, true)
	maps.Copy(conf, s.texts("sparkConf"))
	for key, value := range s.texts("hadoopConf") {
		conf["spark.hadoop."+key] = value
	}
	s.submit(conf, false)
	conf[spark.DeployMode.Name] = s.text("mode")
	conf[spark.KubernetesResourceType.Name] = cmp.Or(string(a.Language()), "java")
	return spark.NewConf(a.Version(), conf)
}

// submit adds the keys that fields become.
func (s spec) submit(conf map[string]string, early bool) {
	for _, f := range crdFields {
		if text, ok := s.typed(f); ok && f.early == early {
			conf[f.key] = text
		}
	}
}

// Language is what spec.type means for the memory of executors.
func (a *App) Language() sizing.Language {
	switch a.spec().text("type") {
	case string(v1beta2.SparkApplicationTypePython):
		return sizing.Python
	case string(v1beta2.SparkApplicationTypeR):
		return sizing.R
	}
	return sizing.JVM
}

// Shape is the executor that the application asks for. What Spark would refuse is an [*InvalidError].
func (a *App) Shape() (sizing.Shape, error) {
	shape, err := sizing.FromConf(a.Conf())
	return shape, a.relocate(err)
}

// Policy is how many executors the application has over time. What Spark would refuse is an [*InvalidError].
func (a *App) Policy() (allocation.Policy, error) {
	policy, err := allocation.FromConf(a.Conf())
	return policy, a.relocate(err)
}

// DriverPod is the container of the driver. What Spark would refuse is an [*InvalidError].
func (a *App) DriverPod() (sizing.Pod, error) {
	pod, err := sizing.DriverPod(a.Conf(), a.Language())
	return pod, a.relocate(err)
}

// relocate gives the errors of a configuration their places in the manifest.
func (a *App) relocate(err error) error {
	var many interface{ Unwrap() []error }
	if !errors.As(err, &many) {
		return err
	}
	var list field.ErrorList
	for _, each := range many.Unwrap() {
		e, ok := errors.AsType[*field.Error](each)
		if !ok {
			return err
		}
		moved := *e
		if strings.HasPrefix(e.Field, "spark.") {
			moved.Field = a.Locate(e.Field).String()
		}
		list = append(list, &moved)
	}
	return &InvalidError{list}
}
