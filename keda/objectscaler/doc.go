// Package objectscaler answers how many objects wait under a prefix, to KEDA, which scales by it: an external scaler over gRPC
// (KEDA's own protobuf, keda v2.21.0, trigger types external and external-push) for Amazon S3 and what speaks its protocol,
// Google Cloud Storage, Azure Blob Storage and folders. KEDA has no trigger for S3; a trigger of type aws-s3 is accepted and
// never works.
//
//	triggers:
//	- type: external
//	  metadata:
//	    scalerAddress: objectscaler.keda.svc.cluster.local:9443
//	    enableTLS: "true"
//	    bucketName: spark-input-data
//	    prefix: pending/
//	    awsRegion: us-east-1
//	    targetSize: "1000"             # objects for one replica
//	    activationTargetSize: "500"    # the first replica starts above it
//	    maxObjects: "15000"            # maxReplicaCount × targetSize: no need to count further
//
// Further keys of the metadata are provider (s3, gcs, azure, file), metric (count, bytes, age, planned), glob, minAge, maxAge,
// pollingInterval, and for metric planned plan and deadline; [Trigger] says what each means. A key that does not exist is an
// error that names the nearest one, where KEDA itself would pass over it.
//
// Metric planned is the number of executors that work the backlog off within a deadline, by what a run of the application did
// and what its [plan.Plan] allows; see [Work].
//
// # What it promises
//
// A store that cannot be listed is an error to KEDA and never zero, so that KEDA's fallback applies and nothing is scaled down
// by mistake; so is a listing that takes too long or names more objects than the scaler allows. Callers who want the same
// listing share one, and its answer holds for the polling interval. The scaler lists what its allow-list names and nothing else.
//
// Credentials come from the default chain of the provider's SDK, that is from the identity of the scaler's own pod. They do
// not go through metadata, which is refused, and texts of SDKs are cut to what cannot hold one before KEDA sees them.
//
// # What it does not know
//
// An object that is being worked on is pending until it is moved or deleted. Stores may list what was written a moment ago
// late. With maxObjects the bytes and the oldest age are lower bounds: listings come in the order of the keys, not of time.
//
// The program has to import the drivers that it wants (gocloud.dev/blob/s3blob and so on), so that who needs one cloud does not
// link the SDKs of three; examples/objectscaler is such a program.
package objectscaler
