package diagnose

import (
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Pod is a pod of the application in its last known state.
type Pod struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
	UID       string `json:"uid,omitempty"`
	// ExecutorID is the label spark-exec-id; "EXECID" in a StatefulSet until the executor has registered.
	ExecutorID string `json:"executor_id,omitempty"`
	// Profile is the label spark-exec-resourceprofile-id.
	Profile string `json:"profile,omitempty"`
	// Phase is Pending, Running, Succeeded, Failed or Unknown; Reason and Message are the status's own.
	Phase   string `json:"phase,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// Created and Deleted are the creation, and when a deletion was asked for.
	Created workload.Instant `json:"created,omitempty"`
	Deleted workload.Instant `json:"deleted,omitempty"`
	// Unschedulable is what the scheduler says of a pod that it cannot place, UnschedulableAt where that stands.
	Unschedulable   string `json:"unschedulable,omitempty"`
	UnschedulableAt Place  `json:"unschedulable_at"`
	Node            string `json:"node,omitempty"`
	// CPU, Memory, CPULimit and MemoryLimit are requests and limits of all containers together; 0 is none.
	CPU         units.MilliCPU `json:"cpu,omitempty"`
	CPULimit    units.MilliCPU `json:"cpu_limit,omitempty"`
	Memory      units.Bytes    `json:"memory,omitempty"`
	MemoryLimit units.Bytes    `json:"memory_limit,omitempty"`
	// Grace is terminationGracePeriodSeconds.
	Grace int `json:"grace,omitempty"`
	// Priority and PriorityClass are those of the spec.
	Priority      int    `json:"priority,omitempty"`
	PriorityClass string `json:"priority_class,omitempty"`
	// Owner is its controller, as "StatefulSet/name".
	Owner      string      `json:"owner,omitempty"`
	Containers []Container `json:"containers,omitempty"`
	Place      Place       `json:"place"`
}

// Container is the state of a container of a pod.
type Container struct {
	Name  string `json:"name"`
	Image string `json:"image,omitempty"`
	// State is waiting, running, terminated, or empty.
	State   string `json:"state,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// ExitCode counts only for one that is terminated.
	ExitCode int `json:"exit_code,omitempty"`
	Restarts int `json:"restarts,omitempty"`
	// Finished is when it terminated.
	Finished workload.Instant `json:"finished,omitempty"`
	Place    Place            `json:"place"`
}

// Event is an event of Kubernetes.
type Event struct {
	// First and Last are when it was first and last seen.
	First workload.Instant `json:"first,omitempty"`
	Last  workload.Instant `json:"last,omitempty"`
	// Count is how often, at least 1.
	Count   int    `json:"count"`
	Warning bool   `json:"warning,omitempty"`
	Reason  string `json:"reason"`
	// Kind, Name and UID are those of the object that it is about.
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	UID     string `json:"uid,omitempty"`
	Message string `json:"message,omitempty"`
	Place   Place  `json:"place"`
}

// Node is a node of the cluster; amounts are allocatable.
type Node struct {
	Name   string         `json:"name"`
	CPU    units.MilliCPU `json:"cpu,omitempty"`
	Memory units.Bytes    `json:"memory,omitempty"`
	Pods   int            `json:"pods,omitempty"`
	// Closed says that it takes no pods: cordoned, or with a taint that keeps pods off.
	Closed bool `json:"closed,omitempty"`
	// Taints are as "key=value:effect".
	Taints []string          `json:"taints,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
	Place  Place             `json:"place"`
}

// Usage is what pods that are not the application's ask for on a node.
type Usage struct {
	Node   string         `json:"node"`
	CPU    units.MilliCPU `json:"cpu,omitempty"`
	Memory units.Bytes    `json:"memory,omitempty"`
	Pods   int            `json:"pods,omitempty"`
}

// Quota is a ResourceQuota: Hard and Used are its lines, as Kubernetes writes them.
type Quota struct {
	Name  string            `json:"name"`
	Hard  map[string]string `json:"hard,omitempty"`
	Used  map[string]string `json:"used,omitempty"`
	Place Place             `json:"place"`
}

// Set is a StatefulSet of executors.
type Set struct {
	Name string `json:"name"`
	// Replicas are those asked for, at the last look.
	Replicas int `json:"replicas"`
	// Generation counts the changes of its spec from 1.
	Generation int `json:"generation,omitempty"`
	// Grace is terminationGracePeriodSeconds of its pods.
	Grace int   `json:"grace,omitempty"`
	Place Place `json:"place"`
}

// Scaler is something that scales: a ScaledObject or a HorizontalPodAutoscaler.
type Scaler struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	// TargetKind and TargetName are what it scales.
	TargetKind string `json:"target_kind"`
	TargetName string `json:"target_name"`
	// Min and Max are its bounds; 0 is not set.
	Min int `json:"min,omitempty"`
	Max int `json:"max,omitempty"`
	// Triggers are the types of its triggers or metrics.
	Triggers []string `json:"triggers,omitempty"`
	// Conditions are those of its status.
	Conditions []Condition `json:"conditions,omitempty"`
	Place      Place       `json:"place"`
}

// Condition is a condition of a status.
type Condition struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
}

// PriorityClass is a class of the cluster.
type PriorityClass struct {
	Name    string `json:"name"`
	Value   int    `json:"value"`
	Default bool   `json:"default,omitempty"`
}

// LiveState is what the REST API of the driver last said.
type LiveState struct {
	// Executors are those of /allexecutors, the driver not among them.
	Executors []LiveExecutor `json:"executors,omitempty"`
	// RDDs are the cached datasets of /storage/rdd.
	RDDs []LiveRDD `json:"rdds,omitempty"`
	// Streaming is true where the driver answers for streaming queries or DStreams.
	Streaming bool `json:"streaming,omitempty"`
}

// LiveExecutor is an executor as the REST API tells of it.
type LiveExecutor struct {
	ID           string           `json:"id"`
	Active       bool             `json:"active,omitempty"`
	Cores        int              `json:"cores,omitempty"`
	ActiveTasks  int              `json:"active_tasks,omitempty"`
	TotalTasks   int              `json:"total_tasks,omitempty"`
	Blocks       int              `json:"blocks,omitempty"`
	Storage      units.Bytes      `json:"storage,omitempty"`
	ShuffleWrite units.Bytes      `json:"shuffle_write,omitempty"`
	Added        workload.Instant `json:"added,omitempty"`
	Removed      workload.Instant `json:"removed,omitempty"`
	Reason       string           `json:"reason,omitempty"`
	Place        Place            `json:"place"`
}

// LiveRDD is a cached dataset as the REST API tells of it.
type LiveRDD struct {
	ID         int         `json:"id"`
	Name       string      `json:"name,omitempty"`
	Partitions int         `json:"partitions,omitempty"`
	Memory     units.Bytes `json:"memory,omitempty"`
	Disk       units.Bytes `json:"disk,omitempty"`
	// Executors are the ids of those that hold blocks of it, sorted.
	Executors []string `json:"executors,omitempty"`
	Place     Place    `json:"place"`
}
