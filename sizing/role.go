package sizing

import (
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// role is what differs between the pods of executors and of the driver: the names of things.
type role struct {
	name                                                   string
	cores, heap, overhead, factor, minimum, request, limit spark.Key
}

var (
	executor = role{
		name: "executor", cores: spark.ExecutorCores, heap: spark.ExecutorMemory, overhead: spark.ExecutorMemoryOverhead,
		factor: spark.ExecutorMemoryOverheadFactor, minimum: spark.ExecutorMinMemoryOverhead,
		request: spark.ExecutorRequestCores, limit: spark.ExecutorLimitCores,
	}
	driver = role{
		name: "driver", cores: spark.DriverCores, heap: spark.DriverMemory, overhead: spark.DriverMemoryOverhead,
		factor: spark.DriverMemoryOverheadFactor, minimum: spark.DriverMinMemoryOverhead,
		request: spark.DriverRequestCores, limit: spark.DriverLimitCores,
	}
)

// basis says that a value is Spark's default of the key, or else that the key gives it.
func basis(k spark.Key, v spark.Version, isDefault bool) workload.Basis {
	return workload.FromConf(spark.Origin{Key: k.Name, Default: isDefault, Version: v})
}
