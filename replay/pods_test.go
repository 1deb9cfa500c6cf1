package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sparkscale/sparkscale/spark"
)

func TestBatchesFollowOneAnotherAlsoWhereRequestsDo(t *testing.T) {
	e := &engine{}
	e.pods = pods{e: e, batch: 2, delay: 1000, pending: 100}
	e.pods.want(3)
	e.now = 500
	e.pods.want(6)
	e.now = 5000
	e.pods.want(7)
	var created []ms
	for e.queue.len() > 0 {
		created = append(created, e.queue.pop().at)
	}
	assert.Equal(t, []ms{0, 0, 1000, 1000, 2000, 2000, 5000}, created)
}

func TestOnlySoManyPodsMayBePending(t *testing.T) {
	work := made(10_000, 10_000, 10_000, 10_000)
	work.arrivals.Alone = 2 * time.Second
	setting := fixedSetting(4)
	setting.Conf = spark.NewConf(spark.V35, map[string]string{
		spark.Master.Name: "k8s://m", spark.AllocationMaxPendingPods.Name: "3", spark.MinRegisteredRatio.Name: "0",
	})
	assert.Equal(t, []ms{2000, 2000, 2000, 4000}, launches(t, work, setting, 0), "the fourth pod is requested when the first ones run")
}
