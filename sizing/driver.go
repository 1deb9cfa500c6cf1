package sizing

import (
	"github.com/sparkscale/sparkscale/spark"
)

// DriverPod returns the container that spark-submit requests for the driver in cluster mode
// (BasicDriverFeatureStep): heap and overhead alone, neither off-heap nor PySpark memory. What Spark would refuse
// is an *[InvalidError].
func DriverPod(c spark.Conf, lang Language) (Pod, error) {
	r := &reader{conf: c}
	s := r.shape(driver, lang)
	if len(r.errs) == 0 {
		s.check(&r.problems, driver)
	}
	if len(r.errs) > 0 {
		return Pod{}, invalid(r.errs)
	}
	return s.pod(c.Version(), driver)
}
