// Package sparkrest is a client of Spark's monitoring REST API, /api/v1 of a live driver or of a History Server, and
// of the two pages that a driver writes for Prometheus: what is the application doing, and what did it do?
//
//	client, err := sparkrest.New("http://history:18080")
//	app := client.App("spark-4f1c…")
//	stages, err := app.Stages(ctx, sparkrest.StageQuery{})
//	for task, err := range app.Tasks(ctx, 3, 0, sparkrest.TaskQuery{}) { … }  // asks for page after page
//	profile, err := sparkrest.Profile(ctx, app)                               // a workload.Profile, as from an event log
//	live, err := app.Snapshot(ctx)                                            // what runs at this moment
//
// One set of types serves Spark 3.5 to 4.2. What a version does not send is absent: the zero value, or nil where zero
// would mean something. Encoding a value again gives what was sent. Names are Spark's.
//
// Units: moments are [Time]s (milliseconds since 1970), times [Millis] or [Nanos], as the API has them, sizes units.Bytes.
//
// Every method but Logs is one GET, or one for each page, with a bound on time and size, and is tried again where that
// can help (see [WithRetry]). The API knows nothing but GET: it changes nothing, kills nothing, scales nothing. In
// particular there is no "POST …/threadDump": a thread dump is [App.Threads], a GET, of a live driver alone.
//
// Errors are a *[StatusError] for what a server answers, a *[RequestError] where it does not, and a *[DecodeError] for
// an answer that is not what it should be, each with its URL without secrets and with a remedy, and each of one of the
// classes Err…, for errors.Is.
//
// What it does not know: Structured Streaming's queries and Spark Connect's sessions, which the API does not have;
// Kubernetes (a port-forward, a service, an ingress or the API server's pod proxy are each a base URL).
//
// Sources: org.apache.spark.status.api.v1 and its packages sql and streaming, deploy.history.FsHistoryProvider,
// metrics.sink.PrometheusServlet and status.api.v1.PrometheusResource, of Spark 3.5.6, 4.0.1 and 4.2.0.
package sparkrest
