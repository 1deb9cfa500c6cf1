package diagnose

import "strconv"

// Place is where something was read.
type Place struct {
	// Source is a file below the folder that was read, or an object as "Pod/spark/job-driver".
	Source string `json:"source,omitempty"`
	// Line counts from 1; 0 where the source has no lines.
	Line int `json:"line,omitempty"`
	// Path is the place inside of an object, for example "status.phase", or what a log tells of, as "executor 3".
	Path string `json:"path,omitempty"`
}

// String writes "driver.log:84" or "Pod/spark/job-driver status.phase".
func (p Place) String() string {
	text := p.Source
	if p.Line > 0 {
		text += ":" + strconv.Itoa(p.Line)
	}
	if p.Path != "" {
		text += " " + p.Path
	}
	return text
}

// Part is a kind of evidence, which a snapshot has or lacks.
type Part string

// The parts of a snapshot.
const (
	// PartApplication is the SparkApplication.
	PartApplication Part = "application"
	// PartConf is the configuration in force.
	PartConf Part = "configuration"
	// PartPods are the driver and executor pods.
	PartPods Part = "pods"
	// PartEvents are the events of these objects.
	PartEvents Part = "events"
	// PartNodes are the nodes of the cluster.
	PartNodes Part = "nodes"
	// PartQuotas are the quotas of the namespace.
	PartQuotas Part = "quotas"
	// PartSets are the StatefulSets of the executors.
	PartSets Part = "statefulsets"
	// PartScalers are the ScaledObjects and HorizontalPodAutoscalers of the namespace.
	PartScalers Part = "scalers"
	// PartPriorities are the priority classes of the cluster.
	PartPriorities Part = "priorities"
	// PartDriverLog is the driver's log, PartExecutorLogs are those of executors.
	PartDriverLog    Part = "driver log"
	PartExecutorLogs Part = "executor logs"
	// PartLive are answers of the driver's REST API.
	PartLive Part = "rest"
	// PartRun is the digest of the event log, or of the History Server's answers.
	PartRun Part = "run"
	// PartEarlier are digests of earlier runs of the same application.
	PartEarlier Part = "earlier runs"
)

// Parts returns all parts, in a fixed order.
func Parts() []Part {
	return []Part{
		PartApplication, PartConf, PartPods, PartEvents, PartNodes, PartQuotas, PartSets, PartScalers, PartPriorities,
		PartDriverLog, PartExecutorLogs, PartLive, PartRun, PartEarlier,
	}
}

// Gap says that a part is unknown, and why: not looked for, not allowed, not there.
type Gap struct {
	Part Part   `json:"part"`
	Why  string `json:"why"`
}
