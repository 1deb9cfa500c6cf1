package sparkrest

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/sparkscale/sparkscale/units"
)

// Application is an application with its attempts, newest first (org.apache.spark.status.api.v1.ApplicationInfo).
type Application struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// CoresGranted, MaxCores, CoresPerExecutor and MemoryPerExecutorMB are those of a standalone master, else 0.
	CoresGranted        int       `json:"coresGranted,omitzero"`
	MaxCores            int       `json:"maxCores,omitzero"`
	CoresPerExecutor    int       `json:"coresPerExecutor,omitzero"`
	MemoryPerExecutorMB int       `json:"memoryPerExecutorMB,omitzero"`
	Attempts            []Attempt `json:"attempts"`
}

// Attempt is one attempt of an application (ApplicationAttemptInfo). Kubernetes has one, without an id.
type Attempt struct {
	ID        string `json:"attemptId,omitzero"`
	StartTime Time   `json:"startTime"`
	// EndTime is -1 as long as the attempt runs.
	EndTime Time `json:"endTime"`
	// LastUpdated is when the History Server last saw the log change; of a driver it is the moment of the answer.
	LastUpdated Time `json:"lastUpdated"`
	// Duration is to the end, or to LastUpdated.
	Duration  Millis `json:"duration"`
	SparkUser string `json:"sparkUser"`
	// Completed is false of an attempt that runs, and of one that was killed before it could write its end.
	Completed       bool   `json:"completed"`
	AppSparkVersion string `json:"appSparkVersion"`
	// LogSourceName and LogSourceFullPath say where the History Server has the log (Spark 4.2), else nil.
	LogSourceName     *string `json:"logSourceName,omitzero"`
	LogSourceFullPath *string `json:"logSourceFullPath,omitzero"`
	// The same moments in milliseconds since 1970.
	StartTimeEpoch   int64 `json:"startTimeEpoch"`
	EndTimeEpoch     int64 `json:"endTimeEpoch"`
	LastUpdatedEpoch int64 `json:"lastUpdatedEpoch"`
}

// ApplicationStatus is a state to ask for.
type ApplicationStatus string

// The states of applications.
const (
	ApplicationCompleted ApplicationStatus = "completed"
	ApplicationRunning   ApplicationStatus = "running"
)

// ApplicationQuery selects applications; the zero value takes all. Dates are sent with milliseconds, in GMT.
type ApplicationQuery struct {
	// Status keeps applications with an attempt in one of these states.
	Status []ApplicationStatus
	// MinStart and MaxStart bound the start of an attempt, MinEnd and MaxEnd its end. A zero time does not bound.
	MinStart, MaxStart, MinEnd, MaxEnd time.Time
	// Limit is the largest number of applications, 0 for no limit.
	Limit int
}

func (q ApplicationQuery) values() (url.Values, error) {
	v := url.Values{}
	for _, s := range q.Status {
		if err := oneOf("status", string(s), "completed", "running"); err != nil {
			return nil, err
		}
		v.Add("status", string(s))
	}
	for _, date := range []struct {
		key string
		at  time.Time
	}{{"minDate", q.MinStart}, {"maxDate", q.MaxStart}, {"minEndDate", q.MinEnd}, {"maxEndDate", q.MaxEnd}} {
		if !date.at.IsZero() {
			v.Set(date.key, At(date.at).String())
		}
	}
	switch {
	case q.Limit < 0:
		return nil, badQuery("limit %d: it is a number from 1, or 0 for none", q.Limit)
	case q.Limit > 0:
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	return v, nil
}

// Applications lists the applications that a History Server has, newest first, or the one of a driver.
func (c *Client) Applications(ctx context.Context, q ApplicationQuery) ([]Application, error) {
	values, err := q.values()
	if err != nil {
		return nil, err
	}
	return get[[]Application](ctx, c, endpoint{path: []string{"applications"}, query: values})
}

// Only returns the one application that there is, as at a driver. None, as at a History Server that has read nothing
// yet, is ErrNotFound; several are an error that tells how many.
func (c *Client) Only(ctx context.Context) (*App, error) {
	list, err := c.Applications(ctx, ApplicationQuery{})
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, &classError{ErrNotFound, c.Base() + ": it has no application; ask again later"}
	case len(list) > 1:
		return nil, badQuery("%s has %d applications; name one with Client.App", c.Base(), len(list))
	}
	return c.App(list[0].ID), nil
}

// Version is the version of Spark that answers, which of a History Server need not be the application's.
func (c *Client) Version(ctx context.Context) (string, error) {
	v, err := get[struct {
		Spark string `json:"spark"`
	}](ctx, c, endpoint{path: []string{"version"}})
	return v.Spark, err
}

// Info returns the application with all its attempts.
func (a *App) Info(ctx context.Context) (Application, error) {
	return get[Application](ctx, a.client, endpoint{path: []string{"applications", a.id}})
}

// Process is another process of the application, such as YARN's application master (ProcessSummary).
type Process struct {
	ID          string            `json:"id"`
	HostPort    string            `json:"hostPort"`
	IsActive    bool              `json:"isActive"`
	TotalCores  int               `json:"totalCores"`
	AddTime     Time              `json:"addTime"`
	RemoveTime  Time              `json:"removeTime,omitzero"`
	ProcessLogs map[string]string `json:"processLogs,omitzero"`
}

// Processes lists the processes that are neither driver nor executor (allmiscellaneousprocess).
func (a *App) Processes(ctx context.Context) ([]Process, error) {
	return get[[]Process](ctx, a.client, a.at("allmiscellaneousprocess"))
}

// RDD is a cached dataset (RDDStorageInfo).
type RDD struct {
	ID                  int         `json:"id"`
	Name                string      `json:"name"`
	NumPartitions       int         `json:"numPartitions"`
	NumCachedPartitions int         `json:"numCachedPartitions"`
	StorageLevel        string      `json:"storageLevel"`
	MemoryUsed          units.Bytes `json:"memoryUsed"`
	DiskUsed            units.Bytes `json:"diskUsed"`
	// DataDistribution says which executor holds how much, Partitions which block is where.
	DataDistribution []RDDDistribution `json:"dataDistribution,omitzero"`
	Partitions       []RDDPartition    `json:"partitions,omitzero"`
}

// RDDDistribution is what one executor holds of a dataset, and has left (RDDDataDistribution).
type RDDDistribution struct {
	// Address is the executor's host and port.
	Address         string      `json:"address"`
	MemoryUsed      units.Bytes `json:"memoryUsed"`
	MemoryRemaining units.Bytes `json:"memoryRemaining"`
	DiskUsed        units.Bytes `json:"diskUsed"`
	// These are nil in logs that are older than Spark 2.1.
	OnHeapMemoryUsed       *units.Bytes `json:"onHeapMemoryUsed,omitzero"`
	OffHeapMemoryUsed      *units.Bytes `json:"offHeapMemoryUsed,omitzero"`
	OnHeapMemoryRemaining  *units.Bytes `json:"onHeapMemoryRemaining,omitzero"`
	OffHeapMemoryRemaining *units.Bytes `json:"offHeapMemoryRemaining,omitzero"`
}

// RDDPartition is one cached block (RDDPartitionInfo).
type RDDPartition struct {
	BlockName    string      `json:"blockName"`
	StorageLevel string      `json:"storageLevel"`
	MemoryUsed   units.Bytes `json:"memoryUsed"`
	DiskUsed     units.Bytes `json:"diskUsed"`
	// Executors are the ids of those that hold it.
	Executors []string `json:"executors"`
}

// RDDs lists the datasets that are cached. A History Server knows of blocks only where the application logged them
// (spark.eventLog.logBlockUpdates.enabled).
func (a *App) RDDs(ctx context.Context) ([]RDD, error) {
	return get[[]RDD](ctx, a.client, a.at("storage", "rdd"))
}

// RDD returns one cached dataset. One that is not cached is ErrNotFound.
func (a *App) RDD(ctx context.Context, id int) (RDD, error) {
	return get[RDD](ctx, a.client, a.at("storage", "rdd", strconv.Itoa(id)))
}
