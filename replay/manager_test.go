package replay

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTickComesBehindWhatElseHappensThen(t *testing.T) {
	var q queue
	q.push(100, tick, 0)
	q.push(100, slotFree, 1)
	q.push(200, jobReady, 2)
	q.push(100, stageReady, 3)
	var kinds []kind
	for q.len() > 0 {
		kinds = append(kinds, q.pop().kind)
	}
	assert.Equal(t, []kind{slotFree, stageReady, tick, jobReady}, kinds)
}
