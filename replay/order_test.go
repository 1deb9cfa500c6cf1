package replay

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestJobsOfLowerIdsComeFirstWhicheverWasSubmittedFirst(t *testing.T) {
	w := made(100, 100, 100)
	w.jobs = append(w.jobs, job{id: 3, after: 0, atStart: true, gap: 10})
	w.jobs[0].id, w.jobs[0].atSubmit = 7, []int32{1}
	beside(w, 0, 100)
	assert.Equal(t, []ms{0, 200, 300}, launches(t, w, fixedSetting(1), 0))
	assert.Equal(t, []ms{100}, launches(t, w, fixedSetting(1), 1))
}
