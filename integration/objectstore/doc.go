// Package objectstore tests keda/objectscaler and eventlog/blob against a real S3 server, versitygw, over a temporary folder, and with the driver and
// the AWS SDK that a program uses. It is made of tests alone.
package objectstore
