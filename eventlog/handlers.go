package eventlog

// The events of tasks, which most of a log is. They are read by templates.
const (
	taskStart = "SparkListenerTaskStart"
	taskEnd   = "SparkListenerTaskEnd"
)

// handlers read the other events that a profile needs, by simple class name. Each walks over the line and returns what to
// do once the whole line has proved to be right.
var handlers map[string]func(*parser) func()

func init() {
	handlers = map[string]func(*parser) func(){
		"SparkListenerLogStart":              (*parser).logStart,
		"SparkListenerApplicationStart":      (*parser).applicationStart,
		"SparkListenerApplicationEnd":        (*parser).applicationEnd,
		"SparkListenerEnvironmentUpdate":     (*parser).environment,
		"SparkListenerResourceProfileAdded":  (*parser).resourceProfile,
		"SparkListenerBlockManagerAdded":     (*parser).blockManager,
		"SparkListenerExecutorAdded":         (*parser).executorAdded,
		"SparkListenerExecutorRemoved":       (*parser).executorRemoved,
		"SparkListenerJobStart":              (*parser).jobStart,
		"SparkListenerJobEnd":                (*parser).jobEnd,
		"SparkListenerStageSubmitted":        (*parser).stageSubmitted,
		"SparkListenerStageCompleted":        (*parser).stageCompleted,
		"SparkListenerUnpersistRDD":          (*parser).unpersistRDD,
		"SparkListenerStageExecutorMetrics":  (*parser).stageExecutorMetrics,
		"SparkListenerExecutorMetricsUpdate": (*parser).executorMetricsUpdate,
		"SparkListenerSQLExecutionStart":     (*parser).sqlStart,
		"SparkListenerSQLExecutionEnd":       (*parser).sqlEnd,
	}
}

// unneeded are the other events of Spark 1.3 to 4.2, which are counted; of their text only quotes and brackets are
// looked at.
var unneeded = map[string]struct{}{
	"SparkListenerTaskGettingResult":              {},
	"SparkListenerBlockManagerRemoved":            {},
	"SparkListenerBlockUpdated":                   {},
	"SparkListenerExecutorBlacklisted":            {},
	"SparkListenerExecutorUnblacklisted":          {},
	"SparkListenerExecutorExcluded":               {},
	"SparkListenerExecutorUnexcluded":             {},
	"SparkListenerExecutorBlacklistedForStage":    {},
	"SparkListenerExecutorExcludedForStage":       {},
	"SparkListenerNodeBlacklisted":                {},
	"SparkListenerNodeUnblacklisted":              {},
	"SparkListenerNodeBlacklistedForStage":        {},
	"SparkListenerNodeExcluded":                   {},
	"SparkListenerNodeUnexcluded":                 {},
	"SparkListenerNodeExcludedForStage":           {},
	"SparkListenerMiscellaneousProcessAdded":      {},
	"SparkListenerSQLAdaptiveExecutionUpdate":     {},
	"SparkListenerSQLAdaptiveSQLMetricUpdates":    {},
	"SparkListenerDriverAccumUpdates":             {},
	"QueryStartedEvent":                           {},
	"QueryProgressEvent":                          {},
	"QueryTerminatedEvent":                        {},
	"StreamingQueryListener$QueryStartedEvent":    {},
	"StreamingQueryListener$QueryProgressEvent":   {},
	"StreamingQueryListener$QueryTerminatedEvent": {},
	"StreamingQueryListener$QueryIdleEvent":       {},
}
