// Package units holds the quantities that every other package computes with, and the borders to the three
// notations that they are written in: JVM size strings ("14g"), Spark time strings ("60s") and Kubernetes
// quantities ("16022Mi", "500m").
//
// The three look alike and mean different things. "512m" is 512 MiB to Spark and 0.512 bytes to Kubernetes;
// "4Gi" is an error to Spark; "1.5g" is an error to Spark and "500ms" is zero for a key that Spark reads in
// seconds. So each notation has a parser of its own, and what Spark would truncate to nothing is refused.
//
//	heap, err := units.ParseJVM("14g", units.MiB(1))   // 14 GiB; a bare number counts MiB
//	pod, err := units.ParseQuantity("16022Mi")         // bytes
//	cpu, err := units.ParseCPU("500m")                 // 0.5 core
//	idle, err := units.ParseTime("60s", time.Second)   // a bare number counts seconds
//
// Sources: org.apache.spark.network.util.JavaUtils (byteStringAs, timeStringAs) of Spark 3.5.6 and 4.1.1,
// k8s.io/apimachinery/pkg/api/resource.
package units
