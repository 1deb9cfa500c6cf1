package diagnose

import (
	"slices"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// Schema is the version of the JSON form of a [Snapshot]. A change that a reader of this one would misread gets another.
const Schema = "sparkscale/snapshot/v1"

// Snapshot is what is known of one application. It is plain data: it can be written by hand in a test, saved and loaded
// ([Snapshot.Save], [Load]), and is not modified by any function of this package. Lists are in the order of time or name; an
// empty list means "there is none" unless its part is among the Gaps.
type Snapshot struct {
	// Schema is set by Save.
	Schema string `json:"schema"`
	// Taken is the latest moment that any source tells of; 0 is unknown.
	Taken workload.Instant `json:"taken,omitempty"`
	// Version is the release of Spark that runs, as a source states it ("3.5.6"); empty is unknown.
	Version string `json:"version,omitempty"`
	// App is the SparkApplication. Of one that is not there, the name and id may still be known from pods.
	App App `json:"app"`
	// Conf are Spark's properties, by key: those of the running application where the REST API or the event log gives them,
	// else those that the manifest comes to.
	Conf []Property `json:"conf,omitempty"`
	// Driver is the driver's pod, nil where there is none.
	Driver *Pod `json:"driver,omitempty"`
	// Executors are the executors' pods, each in its last known state.
	Executors []Pod `json:"executors,omitempty"`
	// Others is what other pods ask for, by node, where all pods of the nodes could be seen.
	Others     []Usage         `json:"others,omitempty"`
	Events     []Event         `json:"events,omitempty"`
	Nodes      []Node          `json:"nodes,omitempty"`
	Quotas     []Quota         `json:"quotas,omitempty"`
	Sets       []Set           `json:"sets,omitempty"`
	Scalers    []Scaler        `json:"scalers,omitempty"`
	Priorities []PriorityClass `json:"priorities,omitempty"`
	// Log are facts from the logs of driver and executors, in the order of the files.
	Log []LogFact `json:"log,omitempty"`
	// Live is what the REST API of the driver last said, nil where it did not.
	Live *LiveState `json:"live,omitempty"`
	// Run is what the application did, nil where no event log tells.
	Run *Digest `json:"run,omitempty"`
	// Earlier are digests of earlier runs of the application, by their start.
	Earlier []Digest `json:"earlier,omitempty"`
	// Gaps are the parts that are unknown, in the order of Parts.
	Gaps []Gap `json:"gaps,omitempty"`
	// Notes say what was passed over or cut, in the order in which it was met.
	Notes []string `json:"notes,omitempty"`
}

// Knows reports whether a part was gathered.
func (s *Snapshot) Knows(part Part) bool {
	if part == PartRun && s.Run == nil || part == PartLive && s.Live == nil {
		return false
	}
	return !slices.ContainsFunc(s.Gaps, func(g Gap) bool { return g.Part == part })
}

// App is a SparkApplication.
type App struct {
	Name      string `json:"name,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	// ID is Spark's, for example "spark-4f1c…".
	ID string `json:"id,omitempty"`
	// State is the operator's, for example "RUNNING"; Message its error message.
	State   string `json:"state,omitempty"`
	Message string `json:"message,omitempty"`
	// Created, Submitted and Ended are the object's creation, the last submission attempt and the termination.
	Created   workload.Instant `json:"created,omitempty"`
	Submitted workload.Instant `json:"submitted,omitempty"`
	Ended     workload.Instant `json:"ended,omitempty"`
	// Executors are the states that the operator records, by pod name.
	Executors map[string]string `json:"executors,omitempty"`
	// Manifest is the object without its status, as YAML; empty where it could not be read.
	Manifest string `json:"manifest,omitempty"`
	Place    Place  `json:"place"`
}

// Over reports whether the operator says that the application has ended, well or not.
func (a App) Over() bool { return a.State == "COMPLETED" || a.Failed() }

// Failed reports whether the operator says that the application has failed.
func (a App) Failed() bool {
	return a.State == "FAILED" || a.State == "FAILING" || a.State == "SUBMISSION_FAILED"
}

// Property is a key of Spark's configuration with its value.
type Property struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Place Place  `json:"place"`
}

// conf is the configuration, bound to the version.
func (s *Snapshot) conf() spark.Conf {
	version, err := spark.ParseVersion(s.Version)
	if err != nil {
		version = spark.Version{}
	}
	properties := make(map[string]string, len(s.Conf))
	for _, p := range s.Conf {
		properties[p.Key] = p.Value
	}
	return spark.NewConf(version, properties)
}
