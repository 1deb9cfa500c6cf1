// Package blob finds event logs in object stores: S3 and what speaks its protocol, Google Cloud Storage, Azure Blob Storage,
// and, for tests, folders and memory. It is a package of its own so that who reads files compiles no client of a cloud.
//
//	import _ "gocloud.dev/blob/s3blob" // or gcsblob, azureblob, fileblob, memblob
//
//	bucket, err := blob.OpenBucket(ctx, "s3://spark-logs?region=eu-central-1") // of gocloud.dev/blob
//	logs, err := eventlogblob.Find(ctx, bucket, "team-a/", eventlog.WithMaxTasks(5_000_000))
//	for profile, err := range eventlog.ReadAll(ctx, logs, 8) { … }
//
// What lies in a bucket is read as package eventlog reads a folder: plain and compressed logs, rolling folders, zips. A key
// with slashes is a path. Sizes are in bytes.
//
// What it does not know: how to open a bucket, which is a matter of the URL and of the driver that the program imports;
// keys that are no valid paths, such as "a//b" or "../a", which are passed over; requests that fail half-way, which are
// errors where the driver does not try again itself.
//
// Source: gocloud.dev/blob v0.47.0.
package blob
