package plan

import (
	"encoding/json"
	"fmt"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

// Schema is the version of the JSON form. A change that a reader of this one would misread gets another.
const Schema = "sparkscale/plan/v1"

// document is the JSON form of a Plan. Shapes and policies are written as the keys of Spark that they become.
type document struct {
	Schema       string            `json:"schema"`
	App          string            `json:"app"`
	SparkVersion string            `json:"sparkVersion"`
	Objective    string            `json:"objective"`
	Price        priceJSON         `json:"price"`
	Conf         map[string]string `json:"conf"`
	Language     sizing.Language   `json:"language,omitempty"`
	Pod          podJSON           `json:"pod"`
	Driver       podJSON           `json:"driver"`
	Now          Prediction        `json:"now"`
	Then         Prediction        `json:"then"`
	Saves        Saving            `json:"saves"`
	SelfError    float64           `json:"selfError"`
	Noise        float64           `json:"noise"`
	Runs         []Run             `json:"runs"`
	Reasons      []workload.Figure `json:"reasons"`
	Assumptions  []string          `json:"assumptions"`
	Candidates   []candidateJSON   `json:"candidates"`
	Fingerprint  string            `json:"fingerprint"`
}

type priceJSON struct {
	CoreHour float64 `json:"coreHour"`
	GiBHour  float64 `json:"gibHour"`
}

type podJSON struct {
	MemoryMiB int64             `json:"memoryMiB"`
	CPU       units.MilliCPU    `json:"cpuMillis"`
	CPULimit  units.MilliCPU    `json:"cpuLimitMillis,omitempty"`
	Heap      int64             `json:"heapMiB"`
	Overhead  int64             `json:"overheadMiB"`
	OffHeap   int64             `json:"offHeapMiB,omitempty"`
	PySpark   int64             `json:"pysparkMiB,omitempty"`
	Working   []workload.Figure `json:"working,omitempty"`
}

type candidateJSON struct {
	Conf       map[string]string `json:"conf"`
	Prediction Prediction        `json:"prediction"`
	Chosen     bool              `json:"chosen,omitempty"`
	Frontier   bool              `json:"frontier,omitempty"`
	Why        string            `json:"why,omitempty"`
}

// Conf returns the Spark settings that the plan decides.
func (p *Plan) Conf() map[string]string { return conf(p.Shape, p.Policy, p.Version) }

func conf(s sizing.Shape, a allocation.Policy, v spark.Version) map[string]string {
	keys := s.Conf(v)
	for key, value := range a.Conf(v) {
		keys[key] = value
	}
	return keys
}

func podOf(p sizing.Pod) podJSON {
	return podJSON{
		MemoryMiB: p.Memory.MiB(), CPU: p.CPU, CPULimit: p.CPULimit, Heap: p.Heap.MiB(), Overhead: p.Overhead.MiB(),
		OffHeap: p.OffHeap.MiB(), PySpark: p.PySpark.MiB(), Working: p.Working,
	}
}

func (p podJSON) pod() sizing.Pod {
	return sizing.Pod{
		Memory: units.MiB(p.MemoryMiB), CPU: p.CPU, CPULimit: p.CPULimit, Heap: units.MiB(p.Heap), Overhead: units.MiB(p.Overhead),
		OffHeap: units.MiB(p.OffHeap), PySpark: units.MiB(p.PySpark), Working: p.Working,
	}
}

// MarshalJSON implements json.Marshaler. The form has a schema version and stable order.
func (p *Plan) MarshalJSON() ([]byte, error) {
	d := document{
		Schema: Schema, App: p.App, SparkVersion: p.Version.String(), Objective: p.Objective, Price: priceJSON(p.Price),
		Conf: p.Conf(), Language: p.Shape.Language, Pod: podOf(p.Pod), Driver: podOf(p.Driver),
		Now: p.Now, Then: p.Then, Saves: p.Saves, SelfError: p.SelfError, Noise: p.Noise, Runs: p.Runs,
		Reasons: p.Reasons, Assumptions: p.Assumptions, Fingerprint: p.Fingerprint,
	}
	for _, c := range p.Candidates {
		d.Candidates = append(d.Candidates, candidateJSON{conf(c.Shape, c.Policy, p.Version), c.Prediction, c.Chosen, c.Frontier, c.Why})
	}
	return json.Marshal(d)
}

// UnmarshalJSON implements json.Unmarshaler. Another schema is an error.
func (p *Plan) UnmarshalJSON(data []byte) error {
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	if d.Schema != Schema {
		return fmt.Errorf("plan: the schema is %q, this reads %q", d.Schema, Schema)
	}
	version, err := spark.ParseVersion(d.SparkVersion)
	if err != nil {
		return err
	}
	*p = Plan{
		App: d.App, Version: version, Objective: d.Objective, Price: Price(d.Price), Pod: d.Pod.pod(), Driver: d.Driver.pod(),
		Now: d.Now, Then: d.Then, Saves: d.Saves, SelfError: d.SelfError, Noise: d.Noise, Runs: d.Runs,
		Reasons: d.Reasons, Assumptions: d.Assumptions, Fingerprint: d.Fingerprint,
	}
	if p.Shape, p.Policy, err = fromConf(d.Conf, d.Language, version); err != nil {
		return err
	}
	for _, c := range d.Candidates {
		candidate := Candidate{Prediction: c.Prediction, Chosen: c.Chosen, Frontier: c.Frontier, Why: c.Why}
		if candidate.Shape, candidate.Policy, err = fromConf(c.Conf, d.Language, version); err != nil {
			return err
		}
		p.Candidates = append(p.Candidates, candidate)
	}
	return nil
}

func fromConf(keys map[string]string, language sizing.Language, v spark.Version) (sizing.Shape, allocation.Policy, error) {
	c := spark.NewConf(v, keys)
	shape, err := sizing.FromConf(c)
	if err != nil {
		return shape, allocation.Policy{}, err
	}
	shape.Language = language
	policy, err := allocation.FromConf(c)
	return shape, policy, err
}

// Parse reads a plan that was written as JSON.
func Parse(data []byte) (*Plan, error) {
	p := &Plan{}
	if err := json.Unmarshal(data, p); err != nil {
		return nil, err
	}
	return p, nil
}
