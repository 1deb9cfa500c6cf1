package sparkrest

// TaskDistributions are the values of tasks' metrics at quantiles (TaskMetricDistributions), in the order of Quantiles.
// Spark does not interpolate: see workload.Quantile. Times are in milliseconds, those of processors and of shuffle
// writes in nanoseconds; sizes in bytes.
type TaskDistributions struct {
	Quantiles                  []float64                 `json:"quantiles"`
	Duration                   []float64                 `json:"duration"`
	ExecutorDeserializeTime    []float64                 `json:"executorDeserializeTime"`
	ExecutorDeserializeCPUTime []float64                 `json:"executorDeserializeCpuTime"`
	ExecutorRunTime            []float64                 `json:"executorRunTime"`
	ExecutorCPUTime            []float64                 `json:"executorCpuTime"`
	ResultSize                 []float64                 `json:"resultSize"`
	JVMGCTime                  []float64                 `json:"jvmGcTime"`
	ResultSerializationTime    []float64                 `json:"resultSerializationTime"`
	GettingResultTime          []float64                 `json:"gettingResultTime"`
	SchedulerDelay             []float64                 `json:"schedulerDelay"`
	PeakExecutionMemory        []float64                 `json:"peakExecutionMemory"`
	MemoryBytesSpilled         []float64                 `json:"memoryBytesSpilled"`
	DiskBytesSpilled           []float64                 `json:"diskBytesSpilled"`
	Input                      InputDistributions        `json:"inputMetrics"`
	Output                     OutputDistributions       `json:"outputMetrics"`
	ShuffleRead                ShuffleReadDistributions  `json:"shuffleReadMetrics"`
	ShuffleWrite               ShuffleWriteDistributions `json:"shuffleWriteMetrics"`
}

// InputDistributions are those of InputMetrics.
type InputDistributions struct {
	BytesRead   []float64 `json:"bytesRead"`
	RecordsRead []float64 `json:"recordsRead"`
}

// OutputDistributions are those of OutputMetrics.
type OutputDistributions struct {
	BytesWritten   []float64 `json:"bytesWritten"`
	RecordsWritten []float64 `json:"recordsWritten"`
}

// ShuffleReadDistributions are those of ShuffleReadMetrics; ReadBytes and TotalBlocksFetched are local and remote.
type ShuffleReadDistributions struct {
	ReadBytes             []float64                    `json:"readBytes"`
	ReadRecords           []float64                    `json:"readRecords"`
	RemoteBlocksFetched   []float64                    `json:"remoteBlocksFetched"`
	LocalBlocksFetched    []float64                    `json:"localBlocksFetched"`
	FetchWaitTime         []float64                    `json:"fetchWaitTime"`
	RemoteBytesRead       []float64                    `json:"remoteBytesRead"`
	RemoteBytesReadToDisk []float64                    `json:"remoteBytesReadToDisk"`
	TotalBlocksFetched    []float64                    `json:"totalBlocksFetched"`
	RemoteReqsDuration    []float64                    `json:"remoteReqsDuration"`
	Push                  ShufflePushReadDistributions `json:"shufflePushReadMetricsDist"`
}

// ShufflePushReadDistributions are those of ShufflePushReadMetrics.
type ShufflePushReadDistributions struct {
	CorruptMergedBlockChunks  []float64 `json:"corruptMergedBlockChunks"`
	MergedFetchFallbackCount  []float64 `json:"mergedFetchFallbackCount"`
	RemoteMergedBlocksFetched []float64 `json:"remoteMergedBlocksFetched"`
	LocalMergedBlocksFetched  []float64 `json:"localMergedBlocksFetched"`
	RemoteMergedChunksFetched []float64 `json:"remoteMergedChunksFetched"`
	LocalMergedChunksFetched  []float64 `json:"localMergedChunksFetched"`
	RemoteMergedBytesRead     []float64 `json:"remoteMergedBytesRead"`
	LocalMergedBytesRead      []float64 `json:"localMergedBytesRead"`
	RemoteMergedReqsDuration  []float64 `json:"remoteMergedReqsDuration"`
}

// ShuffleWriteDistributions are those of ShuffleWriteMetrics.
type ShuffleWriteDistributions struct {
	WriteBytes   []float64 `json:"writeBytes"`
	WriteRecords []float64 `json:"writeRecords"`
	WriteTime    []float64 `json:"writeTime"`
}

// ExecutorDistributions are the values of what executors did of a stage at quantiles (ExecutorMetricsDistributions), in
// the order of Quantiles.
type ExecutorDistributions struct {
	Quantiles           []float64 `json:"quantiles"`
	TaskTime            []float64 `json:"taskTime"`
	FailedTasks         []float64 `json:"failedTasks"`
	SucceededTasks      []float64 `json:"succeededTasks"`
	KilledTasks         []float64 `json:"killedTasks"`
	InputBytes          []float64 `json:"inputBytes"`
	InputRecords        []float64 `json:"inputRecords"`
	OutputBytes         []float64 `json:"outputBytes"`
	OutputRecords       []float64 `json:"outputRecords"`
	ShuffleRead         []float64 `json:"shuffleRead"`
	ShuffleReadRecords  []float64 `json:"shuffleReadRecords"`
	ShuffleWrite        []float64 `json:"shuffleWrite"`
	ShuffleWriteRecords []float64 `json:"shuffleWriteRecords"`
	MemoryBytesSpilled  []float64 `json:"memoryBytesSpilled"`
	DiskBytesSpilled    []float64 `json:"diskBytesSpilled"`
	// PeakMemoryMetrics are by the names of PeakMetrics.
	PeakMemoryMetrics map[string][]float64 `json:"peakMemoryMetrics"`
}
