package sparkapp_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
)

// with is a sound application with more fields, written below the spec.
func with(t testing.TB, fields string) *sparkapp.App {
	t.Helper()
	app, err := sparkapp.Parse([]byte(`apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: pi, namespace: default}
spec:
  type: Scala
  sparkVersion: 3.5.6
  mainApplicationFile: local:///pi.jar
` + fields))
	require.NoError(t, err, fields)
	return app
}

const (
	driver   = "  driver: {}\n"
	executor = "  executor: {}\n"
	pods     = driver + executor
)

func TestIssues(t *testing.T) {
	for name, c := range map[string]struct {
		fields, path string
		code         sparkapp.Code
		severity     sparkapp.Severity
		says         string
	}{
		"min above max":             {pods + "  dynamicAllocation: {enabled: true, minExecutors: 10, maxExecutors: 2}\n", "spec.dynamicAllocation.minExecutors", sparkapp.BadBounds, sparkapp.Error, "at most"},
		"initial above max":         {pods + "  dynamicAllocation: {enabled: true, initialExecutors: 20, maxExecutors: 10}\n", "spec.dynamicAllocation.initialExecutors", sparkapp.BadBounds, sparkapp.Error, "start on Kubernetes fails"},
		"initial below min":         {pods + "  dynamicAllocation: {enabled: true, minExecutors: 5, initialExecutors: 2}\n", "spec.dynamicAllocation.initialExecutors", sparkapp.BadBounds, sparkapp.Error, "at least"},
		"instances above max":       {driver + "  executor: {instances: 9}\n  dynamicAllocation: {enabled: true, maxExecutors: 3}\n", "spec.executor.instances", sparkapp.BadBounds, sparkapp.Error, "initial count"},
		"negative bound":            {pods + "  dynamicAllocation: {enabled: true, minExecutors: -1}\n", "spec.dynamicAllocation.minExecutors", sparkapp.BadBounds, sparkapp.Error, "negative"},
		"bounds in two places":      {pods + "  sparkConf: {spark.dynamicAllocation.maxExecutors: \"3\"}\n  dynamicAllocation: {enabled: true, minExecutors: 5}\n", "spec.dynamicAllocation.minExecutors", sparkapp.BadBounds, sparkapp.Error, "which is 3"},
		"bound in sparkConf":        {pods + "  sparkConf: {spark.dynamicAllocation.enabled: \"true\", spark.dynamicAllocation.maxExecutors: \"0\"}\n", "spec.sparkConf[spark.dynamicAllocation.maxExecutors]", sparkapp.BadBounds, sparkapp.Error, "greater than 0"},
		"instances beside":          {driver + "  executor: {instances: 3}\n  dynamicAllocation: {enabled: true, maxExecutors: 3}\n", "spec.executor.instances", sparkapp.InstancesBesideDynamic, sparkapp.Warning, "remove it"},
		"fraction":                  {driver + "  executor: {memory: 1.5g}\n", "spec.executor.memory", sparkapp.BadValue, sparkapp.Error, "1536m"},
		"a quantity for memory":     {driver + "  executor: {memory: 4Gi}\n", "spec.executor.memory", sparkapp.BadValue, sparkapp.Error, "gi"},
		"driver overhead":           {"  driver: {memoryOverhead: lots}\n" + executor, "spec.driver.memoryOverhead", sparkapp.BadValue, sparkapp.Error, "whole number"},
		"no overhead":               {driver + "  executor: {memoryOverhead: 0m}\n", "spec.executor.memoryOverhead", sparkapp.BadValue, sparkapp.Warning, "384m"},
		"heap too small":            {driver + "  executor: {memory: 256m}\n", "spec.executor.memory", sparkapp.BadValue, sparkapp.Error, "450m"},
		"empty memory":              {driver + "  executor: {memory: \"\"}\n", "spec.executor.memory", sparkapp.BadValue, sparkapp.Error, "empty"},
		"factor":                    {pods + "  memoryOverheadFactor: much\n", "spec.memoryOverheadFactor", sparkapp.BadValue, sparkapp.Error, "number"},
		"limit below request":       {driver + "  executor: {cores: 2, coreLimit: 500m}\n", "spec.executor.coreLimit", sparkapp.BadValue, sparkapp.Error, "below the request"},
		"driver limit":              {"  driver: {coreRequest: \"2\", coreLimit: \"1\"}\n" + executor, "spec.driver.coreLimit", sparkapp.BadValue, sparkapp.Error, "below the request"},
		"limit that is none":        {driver + "  executor: {coreLimit: two}\n", "spec.executor.coreLimit", sparkapp.BadValue, sparkapp.Error, "quantit"},
		"memory limit below":        {driver + "  executor: {memory: 4g, memoryLimit: 4g}\n", "spec.executor.memoryLimit", sparkapp.BadValue, sparkapp.Error, "4505 MiB"},
		"memory limit, upper case":  {driver + "  executor: {memoryLimit: 4G}\n", "spec.executor.memoryLimit", sparkapp.BadValue, sparkapp.Error, "write 4g"},
		"no executors":              {driver + "  executor: {instances: 0}\n", "spec.executor.instances", sparkapp.BadValue, sparkapp.Error, "at least 1"},
		"no cores":                  {"  driver: {cores: 0}\n" + executor, "spec.driver.cores", sparkapp.BadValue, sparkapp.Error, "at least 1"},
		"off here, on there":        {pods + "  sparkConf: {spark.dynamicAllocation.enabled: \"true\"}\n  dynamicAllocation: {enabled: false}\n", "spec.dynamicAllocation.enabled", sparkapp.NotSwitchedOff, sparkapp.Error, "stays in force"},
		"only in sparkConf":         {pods + "  sparkConf: {spark.dynamicAllocation.enabled: \"true\"}\n", "spec.sparkConf[spark.dynamicAllocation.enabled]", sparkapp.OnlyInSparkConf, sparkapp.Warning, "instances to 1"},
		"bounds without effect":     {pods + "  dynamicAllocation: {maxExecutors: 3}\n", "spec.dynamicAllocation.maxExecutors", sparkapp.NoEffect, sparkapp.Warning, "enabled: true"},
		"lower case":                {pods + "  sparkConf: {spark.dynamicallocation.enabled: \"true\"}\n", "spec.sparkConf[spark.dynamicallocation.enabled]", sparkapp.KeyCase, sparkapp.Error, "write spark.dynamicAllocation.enabled"},
		"lower case, no key":        {pods + "  sparkConf: {spark.dynamicallocation.maxExecutor: \"1\"}\n", "spec.sparkConf[spark.dynamicallocation.maxExecutor]", sparkapp.UnknownKey, sparkapp.Error, "is it spark.dynamicAllocation.maxExecutors?"},
		"the key that nobody has":   {pods + "  sparkConf: {spark.dynamicAllocation.shuffleServiceFetchRddTimeout: 60s}\n", "spec.sparkConf[spark.dynamicAllocation.shuffleServiceFetchRddTimeout]", sparkapp.UnknownKey, sparkapp.Error, "spark.shuffle.service.fetch.rdd.enabled"},
		"nearly a key":              {pods + "  sparkConf: {spark.dynamicAllocation.cachedExecutorIdleTimout: 60s}\n", "spec.sparkConf[spark.dynamicAllocation.cachedExecutorIdleTimout]", sparkapp.UnknownKey, sparkapp.Error, "cachedExecutorIdleTimeout?"},
		"not nearly a key":          {pods + "  sparkConf: {spark.dynamicAllocation.zzz: 60s}\n", "spec.sparkConf[spark.dynamicAllocation.zzz]", sparkapp.UnknownKey, sparkapp.Error, "it has spark.dynamicAllocation.{cachedExecutorIdleTimeout,"},
		"time that becomes nothing": {pods + "  sparkConf: {spark.dynamicAllocation.executorIdleTimeout: 500ms}\n", "spec.sparkConf[spark.dynamicAllocation.executorIdleTimeout]", sparkapp.BadValue, sparkapp.Error, "truncates"},
		"neither true nor false":    {pods + "  sparkConf: {spark.dynamicAllocation.enabled: \"on\"}\n", "spec.sparkConf[spark.dynamicAllocation.enabled]", sparkapp.BadValue, sparkapp.Error, "true or false"},
		"overridden":                {driver + "  executor: {memory: 4g}\n  sparkConf: {spark.executor.memory: 8g}\n", "spec.sparkConf[spark.executor.memory]", sparkapp.Overridden, sparkapp.Warning, "4g"},
		"overriding":                {pods + "  memoryOverheadFactor: \"0.2\"\n  sparkConf: {spark.kubernetes.memoryOverheadFactor: \"0.3\"}\n", "spec.memoryOverheadFactor", sparkapp.Overridden, sparkapp.Warning, "0.3"},
		"tracking forced on":        {pods + "  sparkConf: {spark.dynamicAllocation.shuffleTracking.enabled: \"false\"}\n  dynamicAllocation: {enabled: true}\n", "spec.sparkConf[spark.dynamicAllocation.shuffleTracking.enabled]", sparkapp.Overridden, sparkapp.Warning, "true"},
		"client mode":               {pods + "  mode: client\n", "spec.mode", sparkapp.ClientMode, sparkapp.Error, "cluster"},
		"another mode":              {pods + "  mode: in-cluster-client\n", "spec.mode", sparkapp.BadValue, sparkapp.Error, "cluster, client"},
		"no driver":                 {executor, "spec.driver", sparkapp.MissingField, sparkapp.Error, "requires"},
		"unknown, movable":          {pods + "  dynamicAllocation: {enabled: true, cachedExecutorIdleTimeout: 60s}\n", "spec.dynamicAllocation.cachedExecutorIdleTimeout", sparkapp.UnknownField, sparkapp.Error, "spec.sparkConf[spark.dynamicAllocation.cachedExecutorIdleTimeout]"},
		"unknown, nowhere":          {pods + "  dynamicAllocation: {enabled: true, shuffleServiceFetchRddTimeout: 60s}\n", "spec.dynamicAllocation.shuffleServiceFetchRddTimeout", sparkapp.UnknownField, sparkapp.Error, "no key"},
		"unknown, nearly":           {"  driver: {memoryOverhed: 1g}\n" + executor, "spec.driver.memoryOverhed", sparkapp.UnknownField, sparkapp.Error, "memoryOverhead?"},
		"unknown in the driver":     {"  driver: {instances: 1}\n" + executor, "spec.driver.instances", sparkapp.UnknownField, sparkapp.Error, "no such field"},
		"unknown in a template":     {"  driver: {template: {spec: {containers: [{name: x, allowAll: true}]}}}\n" + executor, "spec.driver.template.spec.containers[0].allowAll", sparkapp.IgnoredField, sparkapp.Warning, "leaves it out"},
		"twice":                     {driver + "  executor:\n    cores: 1\n    cores: 2\n", "cores", sparkapp.DuplicateKey, sparkapp.Warning, "line 11"},
		"namespace":                 {pods + "  sparkConf: {spark.kubernetes.namespace: kube-system}\n", "spec.sparkConf[spark.kubernetes.namespace]", sparkapp.DeniedKey, sparkapp.Error, "default"},
	} {
		t.Run(name, func(t *testing.T) {
			app := with(t, c.fields)
			var found []string
			for _, issue := range app.Issues(sparkapp.ValidateOptions{}) {
				if found = append(found, issue.String()); issue.Path != c.path || issue.Code != c.code {
					continue
				}
				assert.Equal(t, c.severity, issue.Severity)
				assert.Contains(t, issue.Message, c.says)
				return
			}
			t.Errorf("no %s at %s, but\n%s", c.code, c.path, strings.Join(found, "\n"))
		})
	}
}

func TestValidateNamesEverythingAtOnce(t *testing.T) {
	err := with(t, driver+"  executor: {memory: 1.5g, coreLimit: x}\n  dynamicAllocation: {enabled: true, minExecutors: 4, maxExecutors: 2}\n").
		Validate(sparkapp.ValidateOptions{})
	var invalid *sparkapp.InvalidError
	require.ErrorAs(t, err, &invalid)
	var paths []string
	for _, e := range invalid.Errors {
		paths = append(paths, e.Field)
	}
	assert.Equal(t, []string{"spec.dynamicAllocation.minExecutors", "spec.executor.coreLimit", "spec.executor.memory"}, paths)
	_, found := errors.AsType[*field.Error](err)
	assert.True(t, found)
}

func TestSoundApplicationsAreSilent(t *testing.T) {
	for _, fields := range []string{
		pods,
		driver + "  executor: {instances: 2, cores: 4, memory: 8g, memoryOverhead: 2g, memoryLimit: 12g, coreRequest: 3500m, coreLimit: \"4\"}\n",
		pods + "  dynamicAllocation: {enabled: true, minExecutors: 0, initialExecutors: 2, maxExecutors: 2, shuffleTrackingTimeout: 1000}\n",
		pods + "  dynamicAllocation: {enabled: false}\n",
		driver + "  executor: {memory: 4g}\n  sparkConf: {spark.executor.memory: 4096m, spark.anything: x}\n",
	} {
		assert.Empty(t, with(t, fields).Issues(sparkapp.ValidateOptions{}), fields)
	}
}

func TestTestingReservedMemoryAllowsSmallHeaps(t *testing.T) {
	app := with(t, driver+"  executor: {memory: 256m}\n  sparkConf: {spark.testing.reservedMemory: \"1\"}\n")
	assert.NoError(t, app.Validate(sparkapp.ValidateOptions{}))
	assert.Len(t, app.Issues(sparkapp.ValidateOptions{}), 1)
}

func TestPodTemplatesNeedSpark3(t *testing.T) {
	for version, valid := range map[string]bool{"3.0.0": true, "v3.5.6": true, "4.1.0-preview1": true, "3.0.0-rc1": false, "2.4.8": false, "latest": false, "3.4.1.1": false} {
		app := pi(t, sparkapp.Scala(version, "Pi", "local:///pi.jar"), func(s *v1beta2.SparkApplicationSpec) error {
			s.Driver.Template = podTemplate()
			return nil
		})
		_, refused := codes(app, sparkapp.ValidateOptions{})["spec.driver.template"]
		assert.Equal(t, valid, !refused, version)
	}
}

func TestIngressesAsTheWebhook(t *testing.T) {
	app := with(t, pods+"  driverIngressOptions: [{}, {servicePort: 1, ingressURLFormat: a}, {servicePort: 1, ingressURLFormat: a}]\n")
	assert.Equal(t, map[string]sparkapp.Code{
		"spec.driverIngressOptions[0].servicePort":      sparkapp.MissingField,
		"spec.driverIngressOptions[0].ingressURLFormat": sparkapp.MissingField,
		"spec.driverIngressOptions[2].servicePort":      sparkapp.BadValue,
		"spec.driverIngressOptions[2].ingressURLFormat": sparkapp.BadValue,
	}, codes(app, sparkapp.ValidateOptions{}))
}

func TestNames(t *testing.T) {
	for metadata, want := range map[string]map[string]sparkapp.Code{
		"{name: pi-1}":          {},
		"{generateName: pi-}":   {},
		"{}":                    {"metadata.name": sparkapp.MissingField},
		"{name: 1pi}":           {"metadata.name": sparkapp.BadName},
		"{generateName: \"_\"}": {"metadata.generateName": sparkapp.BadName},
	} {
		app, err := sparkapp.Parse([]byte(strings.Replace(applied, "\n  name: nightly\n  namespace: data", " "+metadata, 1)))
		require.NoError(t, err)
		assert.Equal(t, want, codes(app, sparkapp.ValidateOptions{}), metadata)
	}
	long, err := sparkapp.Parse([]byte(scheduled(strings.Replace(existing, "name: nightly", "name: "+strings.Repeat("n", 44), 1))))
	require.NoError(t, err)
	assert.Contains(t, long.Issues(sparkapp.ValidateOptions{})[0].Message, "at most 43")
}

func TestQuotaOfTheNamespace(t *testing.T) {
	limited := "  driver: {coreLimit: \"1\"}\n  executor: {instances: 4, coreLimit: \"1\"}\n"
	dynamic := "  dynamicAllocation: {enabled: true, minExecutors: 1, maxExecutors: 9}\n"
	for name, c := range map[string]struct {
		fields string
		quota  allocation.Quota
		want   map[string]sparkapp.Code
		says   string
	}{
		"fits":               {limited, allocation.Quota{CPU: units.Cores(5), LimitsCPU: units.Cores(5), Pods: 5}, map[string]sparkapp.Code{}, ""},
		"one too many":       {limited, allocation.Quota{CPU: units.Cores(5), Pods: 4}, map[string]sparkapp.Code{"spec.executor.instances": sparkapp.OverQuota}, "admits 3 executors"},
		"limits.cpu":         {pods, allocation.Quota{LimitsCPU: units.Cores(50)}, map[string]sparkapp.Code{"spec.driver.coreLimit": sparkapp.OverQuota, "spec.executor.coreLimit": sparkapp.OverQuota}, "at least 1"},
		"max above, warning": {pods + dynamic, allocation.Quota{Pods: 5}, map[string]sparkapp.Code{}, "admits 4 executors"},
		"memory":             {pods + dynamic, allocation.Quota{Memory: units.MiB(2 * 1408)}, map[string]sparkapp.Code{}, "admits 1 executors"},
		"no bound":           {pods + "  dynamicAllocation: {enabled: true}\n", allocation.Quota{Pods: 5}, map[string]sparkapp.Code{}, "admits 4 executors"},
		"not even one":       {pods + dynamic, allocation.Quota{Memory: units.MiB(2*1408 - 1)}, map[string]sparkapp.Code{"spec.dynamicAllocation.maxExecutors": sparkapp.OverQuota}, "admits 0 executors"},
	} {
		t.Run(name, func(t *testing.T) {
			app, o := with(t, c.fields), sparkapp.ValidateOptions{Quota: c.quota}
			assert.Equal(t, c.want, codes(app, o))
			var texts []string
			for _, issue := range app.Issues(o) {
				texts = append(texts, issue.Message)
			}
			assert.Contains(t, strings.Join(texts, "\n"), c.says)
		})
	}
}
