package gen

import "strings"

// start writes what comes before the first query.
func (l *log) start() {
	l.line(`{"Event":"SparkListenerLogStart","Spark Version":"3.5.7"}`)
	l.line(`{"Event":"SparkListenerResourceProfileAdded","Resource Profile Id":0,"Executor Resource Requests":{"cores":{"Resource Name":"cores","Amount":4,"Discovery Script":"","Vendor":""},"memory":{"Resource Name":"memory","Amount":8192,"Discovery Script":"","Vendor":""}},"Task Resource Requests":{"cpus":{"Resource Name":"cpus","Amount":1.0}}}`)
	l.line(`{"Event":"SparkListenerApplicationStart","App Name":"generated","App ID":"spark-generated","Timestamp":#,"User":"gen"}`, l.now)
	l.line(`{"Event":"SparkListenerEnvironmentUpdate","JVM Information":{"Java Version":"17.0.15 (Debian)"},"Spark Properties":{"spark.app.name":"generated","spark.executor.cores":"4","spark.executor.memory":"8g","spark.executor.instances":"#","spark.sql.shuffle.partitions":"#"},"Hadoop Properties":{},"System Properties":{"line.separator":"\n"},"Metrics Properties":{},"Classpath Entries":{}}`, l.Executors, l.StageTasks)
	for i := range l.Executors {
		l.now += 40
		l.line(`{"Event":"SparkListenerExecutorAdded","Timestamp":#,"Executor ID":"#","Executor Info":{"Host":"10.0.0.#","Total Cores":4,"Log Urls":{},"Attributes":{},"Resources":{},"Resource Profile Id":0,"Registration Time":#,"Request Time":#}}`,
			l.now, i+1, i+1, l.now, l.now-3000)
		l.line(`{"Event":"SparkListenerBlockManagerAdded","Block Manager ID":{"Executor ID":"#","Host":"10.0.0.#","Port":36331},"Maximum Memory":4957667328,"Timestamp":#,"Maximum Onheap Memory":4957667328,"Maximum Offheap Memory":0}`, i+1, i+1, l.now+5)
		l.facts.Executors++
	}
}

// plan is a node of a query's plan; each takes the one before as its child.
const plan = `{"nodeName":"$","simpleString":"$ [key#, value#], (\"key\" > #)","children":[$],"metadata":{},"metrics":[{"name":"number of output rows","accumulatorId":#,"metricType":"sum"},{"name":"duration","accumulatorId":#,"metricType":"timing"}]}`

func (l *log) plan(query int) string {
	var text string
	for i, name := range []string{"Scan parquet", "Filter", "Exchange", "HashAggregate", "AdaptiveSparkPlan"} {
		id := query*100 + i*2
		text = string(fill(nil, plan, name, name, id, id+1, i, text, id, id+1))
	}
	return text
}

// query writes a query with one job of two stages.
func (l *log) query() {
	id := l.facts.SQL
	l.facts.SQL++
	l.facts.Jobs++
	text := strings.Repeat("== Physical Plan ==\\nAdaptiveSparkPlan (5)\\n+- HashAggregate (4)\\n", 10)
	info := l.plan(id)
	l.line(`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":#,"rootExecutionId":#,"description":"collect at Main.scala:#","details":"","physicalPlanDescription":"$","sparkPlanInfo":$,"time":#,"modifiedConfigs":{}}`,
		id, id, id%97, text, info, l.now)
	first := l.facts.Stages
	l.line(`{"Event":"SparkListenerJobStart","Job ID":#,"Submission Time":#,"Stage Infos":[{"Stage ID":#,"Parent IDs":[],"RDD Info":[{"RDD ID":#}]},{"Stage ID":#,"Parent IDs":[#],"RDD Info":[{"RDD ID":#}]}],"Stage IDs":[#,#],"Properties":{"spark.sql.execution.id":"#"}}`,
		id, l.now, first, first*4, first+1, first, first*4+4, first, first+1, id)
	for range 2 {
		l.stage(min(l.StageTasks, l.Tasks-l.facts.Tasks))
	}
	l.line(`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLAdaptiveExecutionUpdate","executionId":#,"physicalPlanDescription":"$","sparkPlanInfo":$}`, id, text, info)
	l.line(`{"Event":"SparkListenerJobEnd","Job ID":#,"Completion Time":#,"Job Result":{"Result":"JobSucceeded"}}`, id, l.now)
	l.line(`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerDriverAccumUpdates","executionId":#,"accumUpdates":[[#,1],[#,204]]}`, id, id*100, id*100+1)
	l.line(`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd","executionId":#,"time":#,"errorMessage":""}`, id, l.now+3)
}

// stageInfo is what the submission and the completion of a stage share.
const stageInfo = `"Stage ID":#,"Stage Attempt ID":0,"Stage Name":"collect at Main.scala:12","Number of Tasks":#,"RDD Info":[{"RDD ID":#,"Name":"MapPartitionsRDD","Scope":"{\"id\":\"7\",\"name\":\"Exchange\"}","Callsite":"collect at Main.scala:12","Parent IDs":[],"Storage Level":{"Use Disk":false,"Use Memory":false,"Use Off Heap":false,"Deserialized":false,"Replication":1},"Barrier":false,"DeterministicLevel":"DETERMINATE","Number of Partitions":#,"Number of Cached Partitions":0,"Memory Size":0,"Disk Size":0}],"Parent IDs":[],"Details":"org.apache.spark.sql.Dataset.collect(Dataset.scala:3585)\nMain.main(Main.scala:12)","Submission Time":#,"Accumulables":[],"Resource Profile Id":0,"Shuffle Push Enabled":false,"Shuffle Push Mergers Count":0`

// stage writes a stage, whose tasks run in waves. One of no tasks is that of a query that the log is too short for.
func (l *log) stage(tasks int) {
	id := l.facts.Stages
	l.facts.Stages++
	submitted := l.now
	l.sums = make([]int64, l.Accumulables+len(internal))
	l.line(`{"Event":"SparkListenerStageSubmitted","Stage Info":{`+stageInfo+`},"Properties":{"spark.sql.execution.id":"#"}}`, id, tasks, id*4, tasks, submitted, id/2)
	wave := l.Executors * 4
	for first := 0; first < tasks; first += wave {
		n := min(wave, tasks-first)
		for i := range n {
			l.taskStart(id, first+i, l.facts.Tasks+i)
		}
		launched := l.now
		for i := range n {
			l.taskEnd(id, first+i, launched)
		}
	}
	l.line(`{"Event":"SparkListenerStageCompleted","Stage Info":{`+stageInfo+`,"Completion Time":#}}`, id, tasks, id*4, tasks, submitted, l.now)
}
