package sparkapp

import (
	"errors"
	"slices"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
)

// ValidateOptions says what the application meets. The zero value is a namespace without a quota.
type ValidateOptions struct {
	// Quota is the ResourceQuota of the namespace, with what others use of it; allocation.ParseQuota reads one.
	Quota allocation.Quota
}

// Validate returns an [*InvalidError] with every issue that is an error, or nil: what the CRD requires of the fields that this
// package writes, what the operator's webhook checks (the name, keys that sparkConf must not have, node selectors at two levels,
// driver ingresses, pod templates before Spark 3.0), and what it does not check: bounds of executors, sizes and quantities, a CPU
// limit below its request, dynamic allocation that is off in one place and on in another, keys that Spark does not have.
func (a *App) Validate(o ValidateOptions) error {
	var list field.ErrorList
	for _, issue := range a.Issues(o) {
		if issue.Severity == Error {
			list = append(list, issue.fieldError())
		}
	}
	if len(list) == 0 {
		return nil
	}
	return &InvalidError{list}
}

// Issues returns everything that is wrong with the application or looks so, sorted by path.
func (a *App) Issues(o ValidateOptions) []Issue {
	c := &checker{App: a, now: a.spec(), later: a.defaulted(), typed: a.Spec(), conf: a.Conf()}
	c.document()
	c.metadata()
	c.presence()
	c.webhook()
	c.keys()
	c.values()
	c.switches()
	c.pods(o.Quota)
	return c.found.sorted()
}

// checker looks at an application as it is written, and as it is after the operator's defaults.
type checker struct {
	*App
	now, later spec
	typed      *v1beta2.SparkApplicationSpec
	conf       spark.Conf
	found      issues
}

func (c *checker) at(below ...string) *field.Path { return pathOf(c.path(below...)) }

// refused adds what a reader of the configuration refuses.
func (c *checker) refused(err error) {
	var many interface{ Unwrap() []error }
	if !errors.As(err, &many) {
		return
	}
	for _, each := range many.Unwrap() {
		e, ok := errors.AsType[*field.Error](each)
		if !ok {
			continue
		}
		path := c.Locate(e.Field)
		known := slices.ContainsFunc(c.found, func(i Issue) bool { return i.Path == path.String() && i.Severity == Error })
		if !known {
			c.found.add(c.severity(e.Field), codeOf(e.Field), path, e.BadValue, "%s", e.Detail)
		}
	}
}

// severity is that of a value that Spark refuses. Small heaps it does not refuse while spark.testing.reservedMemory is set.
func (c *checker) severity(key string) Severity {
	_, testing := c.conf.Lookup("spark.testing.reservedMemory")
	if testing && (key == spark.DriverMemory.Name || key == spark.ExecutorMemory.Name) {
		return Warning
	}
	return Error
}
