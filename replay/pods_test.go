package replay

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBatchesFollowOneAnotherAlsoWhereRequestsDo(t *testing.T) {
	e := &engine{}
	e.pods = pods{e: e, batch: 2, delay: 1000}
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
