package gen

// internal are Spark's own accumulables, in the order of their ids.
var internal = []string{
	"executorDeserializeTime", "executorDeserializeCpuTime", "executorRunTime", "executorCpuTime", "resultSize", "jvmGCTime", "resultSerializationTime",
	"peakExecutionMemory", "shuffle.read.localBlocksFetched", "shuffle.read.localBytesRead", "shuffle.read.recordsRead",
	"shuffle.write.bytesWritten", "shuffle.write.recordsWritten", "shuffle.write.writeTime", "input.recordsRead",
}

var localities = [...]string{"PROCESS_LOCAL", "NODE_LOCAL", "ANY"}

var metricNames = [...]string{"number of output rows", "data size", "peak memory", "shuffle bytes written", "time in aggregation build", "duration"}

const taskInfo = `"Task Info":{"Task ID":#,"Index":#,"Attempt":0,"Partition ID":#,"Launch Time":#,"Executor ID":"#","Host":"10.0.0.#","Locality":"$","Speculative":false,"Getting Result Time":0,"Finish Time":#,"Failed":$,"Killed":$,"Accumulables":[$]}`

func (l *log) taskStart(stage, index, id int) {
	executor := id%l.Executors + 1
	l.line(`{"Event":"SparkListenerTaskStart","Stage ID":#,"Stage Attempt ID":0,`+taskInfo+`}`,
		stage, id, index, index, l.now, executor, executor, localities[id%7%3], 0, "false", "false", "")
}

// reasons are how tasks end that do not succeed.
const (
	failure = `{"Reason":"ExceptionFailure","Class Name":"java.io.IOException","Description":"no space left: \"/tmp/[0]{","Stack Trace":[{"Declaring Class":"Main$","Method Name":"run","File Name":"Main.scala","Line Number":12}],"Full Stack Trace":"java.io.IOException\n\tat Main$.run(Main.scala:12)\n","Accumulator Updates":[]}`
	killed  = `{"Reason":"TaskKilled","Kill Reason":"another attempt succeeded","Accumulator Updates":[]}`
)

func (l *log) taskEnd(stage, index int, launched int64) {
	id := l.facts.Tasks
	l.facts.Tasks++
	l.now += 1 + l.upTo(40)
	reason, failed, dead, kind := `{"Reason":"Success"}`, "false", "false", "ShuffleMapTask"
	switch l.random.IntN(1000) {
	case 0, 1:
		reason, failed = failure, "true"
		l.facts.Failed++
	case 2:
		reason, dead = killed, "true"
		l.facts.Killed++
	}
	if stage%2 == 1 {
		kind = "ResultTask"
	}
	executor := id%l.Executors + 1
	if l.random.IntN(20) == 0 {
		l.line(`{"Event":"SparkListenerBlockUpdated","Block Updated Info":{"Block Manager ID":{"Executor ID":"#","Host":"10.0.0.#","Port":36331},"Block ID":"broadcast_#_piece0","Storage Level":{"Use Disk":false,"Use Memory":true,"Use Off Heap":false,"Deserialized":false,"Replication":1},"Memory Size":#,"Disk Size":0}}`,
			executor, executor, stage, l.upTo(4<<20))
		l.facts.Blocks++
	}
	m := l.measure(l.now - launched)
	l.line(`{"Event":"SparkListenerTaskEnd","Stage ID":#,"Stage Attempt ID":0,"Task Type":"$","Task End Reason":$,`+taskInfo+`,$,$}`,
		stage, kind, reason, id, index, index, launched, executor, executor, localities[id%7%3], l.now, failed, dead, l.accumulables(stage, m), l.peaks(), l.metrics(m))
}

// measure gives values for the accumulables of Spark itself; a value of 0 is one that is not reported.
func (l *log) measure(wall int64) []int64 {
	run := max(1, wall-l.upTo(wall))
	m := []int64{
		l.upTo(20), l.upTo(20e6), run, run * l.upTo(1e6), 2000 + l.upTo(4000), max(0, l.upTo(60)-20), max(0, l.upTo(4)-1), l.upTo(64 << 20),
		l.upTo(200), l.upTo(8 << 20), l.upTo(1e6), l.upTo(8 << 20), l.upTo(1e6), l.upTo(5e6), max(0, l.upTo(2e6)-1e5),
	}
	l.facts.RunMillis += m[2]
	l.facts.ShuffleRead += m[9]
	l.facts.Written += m[11]
	return m
}

func (l *log) accumulables(stage int, m []int64) string {
	var text []byte
	add := func(i int, pattern, name string, value int64) {
		if value == 0 {
			return
		}
		if len(text) > 0 {
			text = append(text, ',')
		}
		l.sums[i] += value
		text = fill(text, pattern, stage*100+i, name, value, l.sums[i])
	}
	for i := range l.Accumulables {
		const sql = `{"ID":#,"Name":"$","Update":"#","Value":"#","Internal":true,"Count Failed Values":true,"Metadata":"sql"}`
		add(i, sql, metricNames[i%len(metricNames)], l.upTo(1e6))
	}
	for i, name := range internal {
		const own = `{"ID":#,"Name":"internal.metrics.$","Update":#,"Value":#,"Internal":true,"Count Failed Values":true}`
		add(l.Accumulables+i, own, name, m[i])
	}
	return string(text)
}

func (l *log) peaks() string {
	const pattern = `"Task Executor Metrics":{"JVMHeapMemory":#,"JVMOffHeapMemory":#,"OnHeapExecutionMemory":0,"OffHeapExecutionMemory":0,"OnHeapStorageMemory":#,"OffHeapStorageMemory":0,"OnHeapUnifiedMemory":#,"OffHeapUnifiedMemory":0,"DirectPoolMemory":#,"MappedPoolMemory":0,"ProcessTreeJVMVMemory":0,"ProcessTreeJVMRSSMemory":0,"ProcessTreePythonVMemory":0,"ProcessTreePythonRSSMemory":0,"ProcessTreeOtherVMemory":0,"ProcessTreeOtherRSSMemory":0,"MinorGCCount":#,"MinorGCTime":#,"MajorGCCount":0,"MajorGCTime":0,"TotalGCTime":#}`
	gc := l.upTo(5000)
	return string(fill(nil, pattern, l.upTo(6<<30), 100<<20+l.upTo(1<<20), l.upTo(1<<20), l.upTo(2<<20), l.upTo(1<<20), gc/20, gc, gc))
}

func (l *log) metrics(m []int64) string {
	const pattern = `"Task Metrics":{"Executor Deserialize Time":#,"Executor Deserialize CPU Time":#,"Executor Run Time":#,"Executor CPU Time":#,"Peak Execution Memory":#,"Result Size":#,"JVM GC Time":#,"Result Serialization Time":#,"Memory Bytes Spilled":0,"Disk Bytes Spilled":0,"Shuffle Read Metrics":{"Remote Blocks Fetched":0,"Local Blocks Fetched":#,"Fetch Wait Time":0,"Remote Bytes Read":0,"Remote Bytes Read To Disk":0,"Local Bytes Read":#,"Total Records Read":#,"Remote Requests Duration":0,"Push Based Shuffle":{"Corrupt Merged Block Chunks":0,"Merged Fetch Fallback Count":0,"Merged Remote Blocks Fetched":0,"Merged Local Blocks Fetched":0,"Merged Remote Chunks Fetched":0,"Merged Local Chunks Fetched":0,"Merged Remote Bytes Read":0,"Merged Local Bytes Read":0,"Merged Remote Requests Duration":0}},"Shuffle Write Metrics":{"Shuffle Bytes Written":#,"Shuffle Write Time":#,"Shuffle Records Written":#},"Input Metrics":{"Bytes Read":0,"Records Read":#},"Output Metrics":{"Bytes Written":0,"Records Written":0},"Updated Blocks":[]}`
	return string(fill(nil, pattern, m[0], m[1], m[2], m[3], m[7], m[4], m[5], m[6], m[8], m[9], m[10], m[11], m[13], m[12], m[14]))
}
