package keda

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// AWSSQSQueue wants as many replicas as there are messages in a queue divided by a length. It is KEDA's nearest thing to a count of
// objects in S3: the bucket sends a message for each object that arrives below a prefix ([Notification] prints what that takes).
// It counts events, not objects: an object that was there before the notification was set up is never counted, one written twice
// counts twice, and the application must delete the message when it has read the object.
type AWSSQSQueue struct {
	Name string
	// URL is the queue's, https://sqs.<region>.amazonaws.com/<account>/<name>.
	URL    string
	Region string
	// Length is how many messages one replica takes; 0 is KEDA's 5.
	Length int
	// Activation is the number of messages above which a target wakes up from 0 replicas.
	Activation int
	// OnlyVisible leaves out the messages in flight, which KEDA counts otherwise.
	OnlyVisible bool
	// Auth names the TriggerAuthentication that has the identity or the keys; without it Operator must be set.
	Auth AuthRef
	// Operator makes KEDA use the identity of its own operator (identityOwner: operator).
	Operator bool
}

// Trigger implements [Source].
func (q AWSSQSQueue) Trigger() (Trigger, error) {
	m := metadata{"queueURL": q.URL, "awsRegion": q.Region}
	if q.Length != 0 {
		m["queueLength"] = strconv.Itoa(q.Length)
	}
	m.number("activationQueueLength", float64(q.Activation))
	m.flag("scaleOnInFlight", q.OnlyVisible, "false")
	m.flag("identityOwner", q.Operator, "operator")
	return Trigger{Type: typeSQS, Name: q.Name, Metadata: m, Auth: q.Auth}, nil
}

// Notification makes a bucket send a message to a queue for each new object.
type Notification struct {
	// Bucket is the name of the bucket, Account the AWS account that owns it (12 digits).
	Bucket, Account string
	// Prefix and Suffix narrow the keys down; empty is all.
	Prefix, Suffix string
	// QueueARN is arn:aws:sqs:<region>:<account>:<name>, in the bucket's region; a FIFO queue cannot take notifications.
	QueueARN string
}

// BucketConfiguration gives the document for "aws s3api put-bucket-notification-configuration". It replaces what the bucket has. The error is
// an [*InvalidError].
func (n Notification) BucketConfiguration() ([]byte, error) {
	if err := n.validate(); err != nil {
		return nil, err
	}
	type rule struct{ Name, Value string }
	var rules []rule
	for _, r := range []rule{{"prefix", n.Prefix}, {"suffix", n.Suffix}} {
		if r.Value != "" {
			rules = append(rules, r)
		}
	}
	queue := map[string]any{"QueueArn": n.QueueARN, "Events": []string{"s3:ObjectCreated:*"}}
	if len(rules) > 0 {
		queue["Filter"] = map[string]any{"Key": map[string]any{"FilterRules": rules}}
	}
	return document(map[string]any{"QueueConfigurations": []any{queue}})
}

// QueuePolicy gives the access policy of the queue that lets this bucket, and no other, send to it. The error is an [*InvalidError].
func (n Notification) QueuePolicy() ([]byte, error) {
	if err := n.validate(); err != nil {
		return nil, err
	}
	partition := strings.Split(n.QueueARN, ":")[1]
	return document(map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Sid": "BucketNotification", "Effect": "Allow", "Principal": map[string]string{"Service": "s3.amazonaws.com"},
			"Action": "sqs:SendMessage", "Resource": n.QueueARN,
			"Condition": map[string]any{
				"ArnEquals":    map[string]string{"aws:SourceArn": fmt.Sprintf("arn:%s:s3:::%s", partition, n.Bucket)},
				"StringEquals": map[string]string{"aws:SourceAccount": n.Account},
			},
		}},
	})
}

func (n Notification) validate() error {
	var list field.ErrorList
	arn := strings.Split(n.QueueARN, ":")
	switch {
	case len(arn) != 6 || arn[0] != "arn" || arn[2] != "sqs" || arn[5] == "":
		list = append(list, field.Invalid(field.NewPath("queueARN"), n.QueueARN, "must be arn:aws:sqs:<region>:<account>:<name>"))
	case strings.HasSuffix(n.QueueARN, ".fifo"):
		list = append(list, field.Invalid(field.NewPath("queueARN"), n.QueueARN, "S3 does not send to FIFO queues"))
	}
	if n.Bucket == "" || strings.ContainsAny(n.Bucket, "/:") {
		list = append(list, field.Invalid(field.NewPath("bucket"), n.Bucket, "must be the name of a bucket, without s3:// and without a path"))
	}
	if len(n.Account) != 12 || strings.Trim(n.Account, "0123456789") != "" {
		list = append(list, field.Invalid(field.NewPath("account"), n.Account, "must be the 12 digits of the account that owns the bucket"))
	}
	if len(list) > 0 {
		return &InvalidError{list}
	}
	return nil
}

// document writes JSON with sorted keys.
func document(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("keda: %w", err)
	}
	return out.Bytes(), nil
}
