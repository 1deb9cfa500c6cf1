package keda_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/internal/golden"
	"github.com/sparkscale/sparkscale/keda"
)

func TestNotification(t *testing.T) {
	n := keda.Notification{
		Bucket: "spark-input-data", Account: "123456789012", Prefix: "pending/", Suffix: ".parquet",
		QueueARN: "arn:aws:sqs:us-east-1:123456789012:pending",
	}
	configuration, err := n.BucketConfiguration()
	require.NoError(t, err)
	golden.Equal(t, "bucket-notification.json", configuration)
	policy, err := n.QueuePolicy()
	require.NoError(t, err)
	golden.Equal(t, "queue-policy.json", policy)

	for _, bad := range []keda.Notification{
		{Bucket: "s3://spark-input-data", Account: n.Account, QueueARN: n.QueueARN},
		{Bucket: n.Bucket, Account: "1", QueueARN: n.QueueARN},
		{Bucket: n.Bucket, Account: n.Account, QueueARN: "https://sqs.us-east-1.amazonaws.com/123456789012/pending"},
		{Bucket: n.Bucket, Account: n.Account, QueueARN: n.QueueARN + ".fifo"},
	} {
		var invalid *keda.InvalidError
		_, err := bad.BucketConfiguration()
		require.ErrorAs(t, err, &invalid)
		_, err = bad.QueuePolicy()
		require.ErrorAs(t, err, &invalid)
	}
}
