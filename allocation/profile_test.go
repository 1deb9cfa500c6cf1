package allocation_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
)

func gpu(executor int, task float64) allocation.CustomResource {
	return allocation.CustomResource{Name: "gpu", Executor: executor, Task: task}
}

func TestTasksPerExecutor(t *testing.T) {
	cases := []struct {
		cores, cpus int
		custom      []allocation.CustomResource
		want        int
	}{
		{cores: 1, cpus: 1, want: 1},
		{cores: 7, cpus: 3, want: 2},
		{8, 1, []allocation.CustomResource{gpu(1, 0.5)}, 2},
		{8, 3, []allocation.CustomResource{gpu(4, 1)}, 2},
		{8, 1, []allocation.CustomResource{gpu(2, 0.3)}, 6}, // three tasks on each of the two
		{8, 1, []allocation.CustomResource{gpu(5, 2)}, 2},
		{8, 1, []allocation.CustomResource{gpu(2, 0)}, 8},
		{8, 1, []allocation.CustomResource{gpu(2, 1), {Name: "fpga", Executor: 1, Task: 1}}, 1},
		{8, 1, []allocation.CustomResource{gpu(1, 1e-300)}, 8},
	}
	for _, c := range cases {
		got, err := allocation.TasksPerExecutor(c.cores, c.cpus, c.custom...)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%+v", c)
	}
}

func TestTasksPerExecutorRefuses(t *testing.T) {
	cases := []struct {
		cores, cpus int
		custom      []allocation.CustomResource
		path        string
	}{
		{1, 2, nil, "spark.task.cpus"},
		{1, 0, nil, "spark.task.cpus"},
		{0, 0, nil, "spark.task.cpus"},
		{4, 1, []allocation.CustomResource{gpu(1, 2)}, "spark.task.resource.gpu.amount"},
		{4, 1, []allocation.CustomResource{gpu(1, 0.7)}, "spark.task.resource.gpu.amount"},
		{4, 1, []allocation.CustomResource{gpu(4, 1.5)}, "spark.task.resource.gpu.amount"},
		{4, 1, []allocation.CustomResource{gpu(4, -1)}, "spark.task.resource.gpu.amount"},
		{4, 1, []allocation.CustomResource{gpu(4, math.NaN())}, "spark.task.resource.gpu.amount"},
	}
	for _, c := range cases {
		_, err := allocation.TasksPerExecutor(c.cores, c.cpus, c.custom...)
		var invalid *allocation.InvalidError
		require.ErrorAs(t, err, &invalid, "%+v", c)
		assert.Equal(t, c.path, invalid.Errors[0].Field)
	}
}

func ExampleTasksPerExecutor() {
	slots, err := allocation.TasksPerExecutor(8, 1, allocation.CustomResource{Name: "gpu", Executor: 1, Task: 0.25})
	fmt.Println(slots, err)
	// Output: 4 <nil>
}
