package objectscaler_test

import (
	"context"
	"fmt"
	"time"

	"gocloud.dev/blob/memblob"

	"github.com/sparkscale/sparkscale/keda/objectscaler"
)

func ExampleNew() {
	// The program also imports the drivers, for example _ "gocloud.dev/blob/s3blob".
	scaler, err := objectscaler.New([]string{"s3://spark-input-data/pending/"}, objectscaler.WithTimeout(10*time.Second))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer scaler.Close()
	_, err = scaler.IsActive(context.Background(), ref("bucketName", "payroll"))
	fmt.Println(err)
	// Output:
	// rpc error: code = PermissionDenied desc = objectscaler: s3://payroll/pending/: the location is not on the allow-list of the scaler
}

func ExampleParse() {
	trigger, err := objectscaler.Parse(map[string]string{
		"scalerAddress": "objectscaler.keda:9443", "bucketName": "spark-input-data", "prefix": "pending/", "awsRegion": "us-east-1",
		"targetSize": "1000", "activationTargetSize": "500", "maxObjects": "15000",
	})
	fmt.Println(trigger.Location, trigger.Metric, trigger.Target, err)

	_, err = objectscaler.Parse(map[string]string{"bucketName": "spark-input-data", "targetSzie": "1000"})
	fmt.Println(err)
	// Output:
	// s3://spark-input-data/pending/ count 1000 <nil>
	// objectscaler: metadata[targetSzie]: Forbidden: there is no such key; is it targetSize?
}

func ExampleNewWork() {
	work, err := objectscaler.NewWork(run(ended), planned(), objectscaler.WorkOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(work.Figures[0])
	fmt.Println(work.Figure(objectscaler.Tally{Objects: 900, Bytes: 2 << 40}, 10*time.Minute))
	// Output:
	// task time 2 s a GiB: 8s of tasks that succeeded over 4 GiB of input [measured over 4 tasks]
	// executors 4 executors: 4096 s of tasks for 2 TiB over 2 slots in 10m0s less 8s, at most 20 executors [measured over 900 pending objects]
}

func ExampleLoadCertificates() {
	_, err := objectscaler.LoadCertificates(objectscaler.CertificateFiles{Cert: "no/tls.crt", Key: "no/tls.key"}, nil)
	fmt.Println(err)
	// Output:
	// objectscaler: open no/tls.crt: no such file or directory
}

func ExampleOpenFolder() {
	_, err := objectscaler.OpenFolder("no/folder")
	fmt.Println(err)
	// Output:
	// stat no/folder: no such file or directory
}

func ExampleBucket() {
	bucket := memblob.OpenBucket(nil)
	_ = bucket.WriteAll(context.Background(), "pending/1.csv", []byte("a,b"), nil)
	store := objectscaler.Bucket(bucket)
	for o, err := range store.Objects(context.Background(), "pending/") {
		fmt.Println(o.Key, o.Size, err)
	}
	// Output:
	// pending/1.csv 3 <nil>
}
