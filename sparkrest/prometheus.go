package sparkrest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/sparkscale/sparkscale/units"
)

// The pages of metrics, below the base URL. Without the slash at its end a servlet's redirects to the path that it knows, which is
// another one behind a proxy.
const (
	// executorsPage is there with spark.ui.prometheus.enabled, the default from Spark 4.0.
	executorsPage = "metrics/executors/prometheus"
	// driverPage is there with the sink PrometheusServlet at its usual path, which no version has by default.
	driverPage = "metrics/prometheus/"
	// jsonPage has what driverPage has, of every driver, unless its sink was taken out of the configuration.
	jsonPage = "metrics/json/"
)

// AddPrometheus adds what one of a driver's two pages for Prometheus tells: /metrics/executors/prometheus, of which it
// takes executors and version, or /metrics/prometheus, of which it takes allocation and scheduler. A page is known by
// its metrics; one without any that is known is an error. No more than DefaultMaxBody is read.
//
// Sources: org.apache.spark.status.api.v1.PrometheusResource and org.apache.spark.metrics.sink.PrometheusServlet, Spark
// 3.5.6 and 4.2.0.
func (s *Snapshot) AddPrometheus(page io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(page, int64(DefaultMaxBody)+1))
	switch {
	case err != nil:
		return err
	case len(text) > int(DefaultMaxBody):
		return &classError{ErrLimit, fmt.Sprintf("the page is larger than %v", DefaultMaxBody)}
	}
	if err := s.addText(text); err != nil {
		return fmt.Errorf("sparkrest: page of metrics: %w", err)
	}
	return nil
}

func (s *Snapshot) addText(text []byte) error {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(escaped(text)))
	if err != nil {
		return err
	}
	executors, known := map[string]*Executor{}, 0
	for _, name := range slices.Sorted(maps.Keys(families)) {
		for _, m := range families[name].GetMetric() {
			switch metric, of := strings.CutPrefix(name, "metrics_executor_"); {
			case of:
				known += s.executorMetric(executors, metric, m)
			case name == "spark_info":
				s.Version = label(m, "version")
				known++
			default:
				known += s.driverMetric(name, m.GetUntyped().GetValue())
			}
		}
	}
	if known == 0 {
		return fmt.Errorf("none of %d metrics is of a Spark driver", len(families))
	}
	if len(executors) > 0 {
		s.Executors = nil
		for _, e := range executors {
			s.Executors = append(s.Executors, *e)
		}
		s.sort()
	}
	return nil
}

// escaped escapes the names of applications, which Spark writes as they are: a quote in one makes the page invalid.
func escaped(text []byte) []byte {
	const before, after = `", application_name="`, `", executor_id="`
	var b bytes.Buffer
	for line := range bytes.Lines(text) {
		from, to := bytes.Index(line, []byte(before)), bytes.LastIndex(line, []byte(after))
		if from += len(before); from < len(before) || to < from || !bytes.ContainsAny(line[from:to], `"\`) {
			b.Write(line)
			continue
		}
		b.Write(line[:from])
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(line[from:to])))
		b.Write(line[to:])
	}
	return b.Bytes()
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

// executorMetric takes a metric of the executors' page, and returns 1, or 0 where it is of no executor.
func (s *Snapshot) executorMetric(executors map[string]*Executor, metric string, m *dto.Metric) int {
	id := label(m, "executor_id")
	if id == "" {
		return 0
	}
	s.AppID, s.AppName = label(m, "application_id"), label(m, "application_name")
	e := executors[id]
	if e == nil {
		e = &Executor{ID: id, IsActive: true}
		executors[id] = e
	}
	value := m.GetUntyped().GetValue()
	if set, known := executorMetrics[metric]; known {
		set(e, value)
		return 1
	}
	e.measured(metric, value)
	return 1
}

// measured takes a peak, or what is known of storage memory, by the name with its unit.
func (e *Executor) measured(metric string, value float64) {
	name := strings.TrimSuffix(metric, "_total")
	if short, ok := strings.CutSuffix(name, "_seconds"); ok {
		name, value = short, math.Round(value*1000)
	}
	name = strings.TrimSuffix(name, "_bytes")
	if place := e.storage(name); place != nil {
		*place = units.Bytes(whole(value))
		return
	}
	if e.PeakMemoryMetrics == nil {
		e.PeakMemoryMetrics = PeakMetrics{}
	}
	e.PeakMemoryMetrics[name] = whole(value)
}

func (e *Executor) storage(name string) *units.Bytes {
	if !strings.HasSuffix(name, "HeapStorageMemory") || !strings.HasPrefix(name, "used") && !strings.HasPrefix(name, "total") {
		return nil
	}
	if e.MemoryMetrics == nil {
		e.MemoryMetrics = &MemoryMetrics{}
	}
	m := e.MemoryMetrics
	return map[string]*units.Bytes{
		"usedOnHeapStorageMemory": &m.UsedOnHeapStorageMemory, "usedOffHeapStorageMemory": &m.UsedOffHeapStorageMemory,
		"totalOnHeapStorageMemory": &m.TotalOnHeapStorageMemory, "totalOffHeapStorageMemory": &m.TotalOffHeapStorageMemory,
	}[name]
}

// whole is the number as an integer, within 53 bits; 0 for what is no number.
func whole(value float64) int64 {
	if math.IsNaN(value) {
		return 0
	}
	return int64(min(max(value, -1<<53), 1<<53))
}

// executorMetrics say where the metrics of the executors' page belong.
var executorMetrics = map[string]func(e *Executor, value float64){
	"rddBlocks":                     func(e *Executor, v float64) { e.RDDBlocks = int(whole(v)) },
	"memoryUsed_bytes":              func(e *Executor, v float64) { e.MemoryUsed = units.Bytes(whole(v)) },
	"diskUsed_bytes":                func(e *Executor, v float64) { e.DiskUsed = units.Bytes(whole(v)) },
	"totalCores":                    func(e *Executor, v float64) { e.TotalCores = int(whole(v)) },
	"maxTasks":                      func(e *Executor, v float64) { e.MaxTasks = int(whole(v)) },
	"activeTasks":                   func(e *Executor, v float64) { e.ActiveTasks = int(whole(v)) },
	"failedTasks_total":             func(e *Executor, v float64) { e.FailedTasks = int(whole(v)) },
	"completedTasks_total":          func(e *Executor, v float64) { e.CompletedTasks = int(whole(v)) },
	"totalTasks_total":              func(e *Executor, v float64) { e.TotalTasks = int(whole(v)) },
	"totalDuration_seconds_total":   func(e *Executor, v float64) { e.TotalDuration = Millis(math.Round(v * 1000)) },
	"totalGCTime_seconds_total":     func(e *Executor, v float64) { e.TotalGCTime = Millis(math.Round(v * 1000)) },
	"totalInputBytes_bytes_total":   func(e *Executor, v float64) { e.TotalInputBytes = units.Bytes(whole(v)) },
	"totalShuffleRead_bytes_total":  func(e *Executor, v float64) { e.TotalShuffleRead = units.Bytes(whole(v)) },
	"totalShuffleWrite_bytes_total": func(e *Executor, v float64) { e.TotalShuffleWrite = units.Bytes(whole(v)) },
	"maxMemory_bytes":               func(e *Executor, v float64) { e.MaxMemory = units.Bytes(whole(v)) },
}

// driverMetrics say where the metrics of the driver's page belong, by what follows the name of the application.
var driverMetrics = map[string]func(*Snapshot) *int{
	"ExecutorAllocationManager_executors_numberTargetExecutors":                   func(s *Snapshot) *int { return &s.allocation().Target },
	"ExecutorAllocationManager_executors_numberMaxNeededExecutors":                func(s *Snapshot) *int { return &s.allocation().MaxNeeded },
	"ExecutorAllocationManager_executors_numberAllExecutors":                      func(s *Snapshot) *int { return &s.allocation().All },
	"ExecutorAllocationManager_executors_numberExecutorsToAdd":                    func(s *Snapshot) *int { return &s.allocation().ToAdd },
	"ExecutorAllocationManager_executors_numberExecutorsPendingToRemove":          func(s *Snapshot) *int { return &s.allocation().PendingToRemove },
	"ExecutorAllocationManager_executors_numberDecommissioningExecutors":          func(s *Snapshot) *int { return &s.allocation().Decommissioning },
	"ExecutorAllocationManager_executors_numberExecutorsGracefullyDecommissioned": func(s *Snapshot) *int { return &s.allocation().GracefullyDecommissioned },
	"ExecutorAllocationManager_executors_numberExecutorsDecommissionUnfinished":   func(s *Snapshot) *int { return &s.allocation().DecommissionUnfinished },
	"ExecutorAllocationManager_executors_numberExecutorsKilledByDriver":           func(s *Snapshot) *int { return &s.allocation().KilledByDriver },
	"ExecutorAllocationManager_executors_numberExecutorsExitedUnexpectedly":       func(s *Snapshot) *int { return &s.allocation().ExitedUnexpectedly },

	"DAGScheduler_stage_runningStages": func(s *Snapshot) *int { return &s.scheduler().RunningStages },
	"DAGScheduler_stage_waitingStages": func(s *Snapshot) *int { return &s.scheduler().WaitingStages },
	"DAGScheduler_stage_failedStages":  func(s *Snapshot) *int { return &s.scheduler().FailedStages },
	"DAGScheduler_job_activeJobs":      func(s *Snapshot) *int { return &s.scheduler().ActiveJobs },
	"DAGScheduler_job_allJobs":         func(s *Snapshot) *int { return &s.scheduler().AllJobs },
}

func (s *Snapshot) allocation() *Allocation {
	if s.Allocation == nil {
		s.Allocation = &Allocation{}
	}
	return s.Allocation
}

func (s *Snapshot) scheduler() *Scheduler {
	if s.Scheduler == nil {
		s.Scheduler = &Scheduler{}
	}
	return s.Scheduler
}

// driverMetric takes a metric of the driver's page, and returns 1, or 0 where it is of no driver. A gauge stands there
// twice, as …_Number and …_Value, a counter as …_Count; the name of the application may hold anything.
func (s *Snapshot) driverMetric(name string, value float64) int {
	application := strings.LastIndex(name, "_driver_")
	kind := strings.LastIndexByte(name, '_')
	if !strings.HasPrefix(name, "metrics_") || application < 0 {
		return 0
	}
	if kind <= application+len("_driver") || !slices.Contains([]string{"Number", "Value", "Count"}, name[kind+1:]) {
		return 1
	}
	if place, needed := driverMetrics[name[application+len("_driver_"):kind]]; needed {
		*place(s) = int(whole(value))
	}
	return 1
}

// addJSON takes the same from the page that every driver has (org.apache.spark.metrics.sink.MetricsServlet).
func (s *Snapshot) addJSON(text []byte) error {
	var page struct {
		Gauges   map[string]struct{ Value any }
		Counters map[string]struct{ Count float64 }
	}
	if err := json.Unmarshal(text, &page); err != nil {
		return err
	}
	name := func(registered, kind string) string {
		return "metrics_" + strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
				return r
			}
			return '_'
		}, registered) + kind
	}
	for registered, gauge := range page.Gauges {
		if value, ok := gauge.Value.(float64); ok {
			s.driverMetric(name(registered, "_Number"), value)
		}
	}
	for registered, counter := range page.Counters {
		s.driverMetric(name(registered, "_Count"), counter.Count)
	}
	return nil
}
