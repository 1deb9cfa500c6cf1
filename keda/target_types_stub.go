package keda

const (
	allocatorStatefulSet = "statefulset"
	allocatorDeployment  = "deployment"
)
