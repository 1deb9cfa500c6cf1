package allocation_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

func TestFromConfRefusesWithKeyAndRule(t *testing.T) {
	const on = "dynamicAllocation.enabled=true "
	for name, c := range map[string]struct {
		conf    string
		version spark.Version
		fields  []string
		rule    string
	}{
		"min above max":               {on + "dynamicAllocation.minExecutors=5 dynamicAllocation.maxExecutors=4", spark.V35, []string{"dynamicAllocation.minExecutors"}, "at most spark.dynamicAllocation.maxExecutors, which is 4"},
		"max 0":                       {on + "dynamicAllocation.maxExecutors=0", spark.V35, []string{"dynamicAllocation.maxExecutors"}, "greater than 0"},
		"max negative":                {on + "dynamicAllocation.maxExecutors=-1", spark.V35, []string{"dynamicAllocation.maxExecutors"}, "positive"},
		"min negative":                {on + "dynamicAllocation.minExecutors=-1", spark.V35, []string{"dynamicAllocation.minExecutors"}, "not be negative"},
		"initial above max":           {on + "dynamicAllocation.initialExecutors=8 dynamicAllocation.maxExecutors=4", spark.V35, []string{"dynamicAllocation.initialExecutors"}, "start on Kubernetes fails"},
		"instances above max":         {on + "executor.instances=8 dynamicAllocation.maxExecutors=4", spark.V41, []string{"executor.instances"}, "part of the initial count"},
		"ratio 0":                     {on + "dynamicAllocation.executorAllocationRatio=0", spark.V35, []string{"dynamicAllocation.executorAllocationRatio"}, "at most 1"},
		"ratio 1.5":                   {on + "dynamicAllocation.executorAllocationRatio=1.5", spark.V35, []string{"dynamicAllocation.executorAllocationRatio"}, "at most 1"},
		"ratio no number":             {on + "dynamicAllocation.executorAllocationRatio=NaN", spark.V35, []string{"dynamicAllocation.executorAllocationRatio"}, "at most 1"},
		"backlog 500ms":               {on + "dynamicAllocation.schedulerBacklogTimeout=500ms", spark.V40, []string{"dynamicAllocation.schedulerBacklogTimeout"}, "truncates it to 0"},
		"backlog 0":                   {on + "dynamicAllocation.schedulerBacklogTimeout=0", spark.V40, []string{"dynamicAllocation.schedulerBacklogTimeout", "dynamicAllocation.sustainedSchedulerBacklogTimeout"}, "at least 1s"},
		"sustained 0":                 {on + "dynamicAllocation.sustainedSchedulerBacklogTimeout=0s", spark.V40, []string{"dynamicAllocation.sustainedSchedulerBacklogTimeout"}, "at least 1s"},
		"idle negative":               {on + "dynamicAllocation.executorIdleTimeout=-1s", spark.V40, []string{"dynamicAllocation.executorIdleTimeout"}, "not be negative"},
		"idle without unit sense":     {on + "dynamicAllocation.executorIdleTimeout=500ms", spark.V40, []string{"dynamicAllocation.executorIdleTimeout"}, "truncates it to 0"},
		"cached idle negative":        {on + "dynamicAllocation.cachedExecutorIdleTimeout=-5s", spark.V40, []string{"dynamicAllocation.cachedExecutorIdleTimeout"}, "not be negative"},
		"shuffle timeout negative":    {on + "dynamicAllocation.shuffleTracking.timeout=-1", spark.V40, []string{"dynamicAllocation.shuffleTracking.timeout"}, "not be negative"},
		"no provision for shuffle":    {on + "dynamicAllocation.shuffleTracking.enabled=false", spark.V35, []string{"dynamicAllocation.shuffleTracking.enabled"}, "shuffle files would be lost"},
		"no provision by default":     {on, v33, []string{"dynamicAllocation.shuffleTracking.enabled"}, "shuffle files would be lost"},
		"plugins count from 3.5 on":   {on + "shuffle.sort.io.plugin.class=org.example.Reliable dynamicAllocation.shuffleTracking.enabled=false", v34, []string{"dynamicAllocation.shuffleTracking.enabled"}, "Spark 3.5 and later"},
		"decommission without blocks": {on + "decommission.enabled=true storage.decommission.shuffleBlocks.enabled=false dynamicAllocation.shuffleTracking.enabled=false", spark.V35, []string{"dynamicAllocation.shuffleTracking.enabled"}, "shuffle files would be lost"},
		"storage decommission alone":  {on + "storage.decommission.enabled=true dynamicAllocation.shuffleTracking.enabled=false", spark.V35, []string{"dynamicAllocation.shuffleTracking.enabled"}, "shuffle files would be lost"},
		"streaming allocation":        {on + "streaming.dynamicAllocation.enabled=true", spark.V35, []string{"dynamicAllocation.enabled"}, "turn one off"},
		"no executors":                {"executor.instances=0", spark.V35, []string{"executor.instances"}, "at least 1"},
		"unreadable count":            {on + "dynamicAllocation.minExecutors=two", spark.V35, []string{"dynamicAllocation.minExecutors"}, "whole number"},
		"unreadable switch":           {"dynamicAllocation.enabled=yes", spark.V35, []string{"dynamicAllocation.enabled"}, "true or false"},
		"everything": {
			on + "dynamicAllocation.minExecutors=9 dynamicAllocation.maxExecutors=4 dynamicAllocation.executorAllocationRatio=2 dynamicAllocation.executorIdleTimeout=1.5s dynamicAllocation.shuffleTracking.enabled=false",
			spark.V35,
			[]string{"dynamicAllocation.executorIdleTimeout", "dynamicAllocation.minExecutors", "dynamicAllocation.executorAllocationRatio", "dynamicAllocation.shuffleTracking.enabled"},
			"fractions",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := allocation.FromConf(confOf(c.version, c.conf))
			require.Error(t, err)
			assert.Equal(t, allocation.Policy{}, p)
			assert.Equal(t, c.fields, fieldsOf(t, err))
			assert.ErrorContains(t, err, c.rule)
		})
	}
}

func TestAnyProvisionForShuffleIsEnough(t *testing.T) {
	for _, conf := range []string{
		"shuffle.service.enabled=true", "decommission.enabled=true", "shuffle.sort.io.plugin.class=org.example.Reliable",
		"dynamicAllocation.shuffleTracking.enabled=true",
	} {
		_, err := allocation.FromConf(confOf(spark.V35, "dynamicAllocation.enabled=true dynamicAllocation.shuffleTracking.enabled=false "+conf))
		assert.NoError(t, err, conf)
	}
}

func TestValidateMeetsItsSurroundings(t *testing.T) {
	p := allocation.Default(spark.V35)
	for name, c := range map[string]struct {
		options allocation.ValidateOptions
		rule    string
	}{
		"local":     {allocation.ValidateOptions{Master: "local[4]"}, "no effect with the master local[4]"},
		"local one": {allocation.ValidateOptions{Master: "local"}, "no effect with the master local"},
		"barrier":   {allocation.ValidateOptions{Barrier: true}, "barrier stages"},
		"streaming": {allocation.ValidateOptions{Streaming: true}, "spark.streaming.dynamicAllocation.enabled"},
	} {
		err := p.Validate(spark.V35, c.options)
		assert.Equal(t, []string{"dynamicAllocation.enabled"}, fieldsOf(t, err), name)
		assert.ErrorContains(t, err, c.rule)
		assert.NoError(t, allocation.Fixed(2).Validate(spark.V35, c.options), name)
	}
	assert.NoError(t, p.Validate(spark.V35, allocation.ValidateOptions{Master: "local-cluster[2,1,1024]"}))
	assert.NoError(t, p.Validate(spark.V35, allocation.ValidateOptions{Master: "k8s://https://kubernetes"}))
}

func TestOnlyTheStartOnKubernetesRefusesInitialAboveMax(t *testing.T) {
	for _, set := range []func(*allocation.Policy){
		func(p *allocation.Policy) { p.Initial = 8 },
		func(p *allocation.Policy) { p.Instances = 8 },
	} {
		p := allocation.Default(spark.V35)
		p.Max = 4
		set(&p)
		assert.Error(t, p.Validate(spark.V35, allocation.ValidateOptions{}))
		assert.NoError(t, p.Validate(spark.V35, allocation.ValidateOptions{ManagerOnly: true}))
	}
}

func TestValidateRefusesWhatConfCannotSay(t *testing.T) {
	for name, c := range map[string]struct {
		set   func(*allocation.Policy)
		field string
	}{
		"part of a second":          {func(p *allocation.Policy) { p.Idle = 1500 * time.Millisecond }, "dynamicAllocation.executorIdleTimeout"},
		"part of a millisecond":     {func(p *allocation.Policy) { p.ShuffleTimeout = 1500 * time.Microsecond }, "dynamicAllocation.shuffleTracking.timeout"},
		"a backlog of nothing":      {func(p *allocation.Policy) { p.Backlog = 999 * time.Millisecond }, "dynamicAllocation.schedulerBacklogTimeout"},
		"longer than Spark's never": {func(p *allocation.Policy) { p.CachedIdle = math.MaxInt32 * time.Second }, "dynamicAllocation.cachedExecutorIdleTimeout"},
		"more than Spark counts":    {func(p *allocation.Policy) { p.Max = math.MaxInt32 }, "dynamicAllocation.maxExecutors"},
		"less than unlimited":       {func(p *allocation.Policy) { p.Max = -2 }, "dynamicAllocation.maxExecutors"},
		"no ratio":                  {func(p *allocation.Policy) { p.Ratio = math.NaN() }, "dynamicAllocation.executorAllocationRatio"},
	} {
		p := allocation.Default(spark.V40)
		c.set(&p)
		assert.Equal(t, []string{c.field}, fieldsOf(t, p.Validate(spark.V40, allocation.ValidateOptions{})), name)
	}
	p := allocation.Default(spark.V40)
	p.Idle, p.Backlog, p.Sustained = units.Forever, units.Forever, units.Forever
	assert.NoError(t, p.Validate(spark.V40, allocation.ValidateOptions{}))
}

func TestValidateRefusesKeysThatTheVersionDoesNotKnow(t *testing.T) {
	p := allocation.Fixed(3)
	p.Decommission, p.DecommissionShuffle, p.DecommissionRDD = true, true, true
	assert.Equal(t, []string{"decommission.enabled"}, fieldsOf(t, p.Validate(v30, allocation.ValidateOptions{})))
	assert.NoError(t, p.Validate(v33, allocation.ValidateOptions{}))
	assert.NoError(t, p.Validate(spark.Version{}, allocation.ValidateOptions{}))
}
