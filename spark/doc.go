// Package spark knows Apache Spark's versions and configuration: which keys there are, in which unit a bare
// number counts, what the default is in which version, and which key falls back to which.
//
// A [Conf] is what was set explicitly, bound to the version that read it, so that asking for a key always gives
// the value that Spark used, and says where it came from.
//
//	conf := spark.NewConf(spark.V35, map[string]string{"spark.executor.memory": "14g"})
//	heap, err := conf.Size(spark.ExecutorMemory)          // 14 GiB
//	batch, err := conf.Int(spark.AllocationBatchSize)     // 5; 10 on spark.V40
//
// Sources: org.apache.spark.internal.config, org.apache.spark.deploy.k8s.Config of Spark 3.5.6, 4.0.1 and 4.1.1.
// It holds the keys that sizing and scaling need, not all of Spark's.
package spark
