package sparkrest

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// SQLExecution is one SQL query (org.apache.spark.status.api.v1.sql.ExecutionData).
type SQLExecution struct {
	ID          int64     `json:"id"`
	Status      SQLStatus `json:"status"`
	Description string    `json:"description"`
	// PlanDescription is empty where the query did not ask for it.
	PlanDescription string `json:"planDescription"`
	SubmissionTime  Time   `json:"submissionTime"`
	// Duration is to the end, or to the answer.
	Duration      Millis    `json:"duration"`
	RunningJobIDs []int     `json:"runningJobIds"`
	SuccessJobIDs []int     `json:"successJobIds"`
	FailedJobIDs  []int     `json:"failedJobIds"`
	Nodes         []SQLNode `json:"nodes"`
	Edges         []SQLEdge `json:"edges"`
	QueryID       string    `json:"queryId,omitzero"`
	ErrorMessage  *string   `json:"errorMessage,omitzero"`
	RootExecution *int64    `json:"rootExecutionId,omitzero"`
}

// SQLStatus is the state of a query.
type SQLStatus string

// The states of queries.
const (
	SQLRunning   SQLStatus = "RUNNING"
	SQLCompleted SQLStatus = "COMPLETED"
	SQLFailed    SQLStatus = "FAILED"
)

// SQLNode is an operator of a plan, with the metrics as the UI writes them.
type SQLNode struct {
	ID   int64  `json:"nodeId"`
	Name string `json:"nodeName"`
	// WholeStageCodegenID is nil where the operator is not part of generated code.
	WholeStageCodegenID *int64      `json:"wholeStageCodegenId,omitzero"`
	Metrics             []SQLMetric `json:"metrics"`
}

// SQLMetric is a metric of an operator.
type SQLMetric struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// SQLEdge leads from an operator to the one that takes its rows.
type SQLEdge struct {
	From int64 `json:"fromId"`
	To   int64 `json:"toId"`
}

// SQLQuery says what of queries is asked for. The zero value asks for the least.
type SQLQuery struct {
	// Details asks for nodes and edges, Plan for the text of the plan. Both can be megabytes.
	Details, Plan bool
	// Offset is how many to leave out.
	Offset int
}

func (q SQLQuery) values() url.Values {
	return url.Values{"details": {strconv.FormatBool(q.Details)}, "planDescription": {strconv.FormatBool(q.Plan)}}
}

// SQL asks for the queries, oldest first, page by page. The first error ends the sequence. A server without Spark SQL
// gives ErrNotFound.
func (a *App) SQL(ctx context.Context, q SQLQuery) iter.Seq2[SQLExecution, error] {
	if q.Offset < 0 {
		return failed[SQLExecution](badQuery("offset %d: it is a number from 0", q.Offset))
	}
	return pages(ctx, a, a.at("sql"), q.values(), q.Offset, func(x *SQLExecution) int64 { return x.ID }, true)
}

// SQLExecution returns one query.
func (a *App) SQLExecution(ctx context.Context, id int64, q SQLQuery) (SQLExecution, error) {
	e := a.at("sql", strconv.FormatInt(id, 10))
	e.query = q.values()
	return get[SQLExecution](ctx, a.client, e)
}
