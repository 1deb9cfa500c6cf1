package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/units"
)

// settings are what Spark reads. Dynamic allocation is on; the master is one whose own checks do not come before the
// manager's.
func (s *scenario) settings() spark.Conf {
	conf := map[string]string{}
	for _, c := range s.conf {
		conf[c.key] = truncated(c)
	}
	conf[spark.DynamicAllocation.Name] = "true"
	conf[spark.Master.Name] = "spark://recorded"
	return spark.NewConf(spark.V35, conf)
}

// truncated writes 0 for a time that Spark truncates to it, which the SDK else refuses as a mistake: the manager's own rules
// shall decide.
func truncated(c setting) string {
	key, known := spark.KeyByName(c.key)
	if !known || key.Kind != spark.Time {
		return c.value
	}
	if _, err := units.ParseTime(c.value, key.Tick); err == nil {
		return c.value
	}
	if d, err := units.ParseTime(c.value, time.Microsecond); err == nil && d.Abs() < key.Tick {
		return "0"
	}
	return c.value
}

// slots are the tasks per executor of each profile, by id; the error is what Spark refuses in the settings.
type slots struct{ profile, tasks int }

func (s *scenario) slots(conf spark.Conf) ([]slots, error) {
	cores, err := conf.Int(spark.ExecutorCores)
	if err != nil {
		return nil, err
	}
	taskCPUs, err := conf.Int(spark.TaskCPUs)
	if err != nil {
		return nil, err
	}
	custom, err := customResources(conf)
	if err != nil {
		return nil, err
	}
	var all []slots
	for _, r := range append([]resourceProfile{{allocation.DefaultProfile, cores, taskCPUs, custom}}, s.profiles...) {
		tasks, err := allocation.TasksPerExecutor(r.cores, r.taskCPUs, r.custom...)
		if err != nil {
			return nil, err
		}
		all = append(all, slots{r.id, tasks})
	}
	return all, nil
}

// customResources are those that the settings give the default profile.
func customResources(conf spark.Conf) (custom []allocation.CustomResource, err error) {
	for _, key := range conf.Keys() {
		name, isTask := strings.CutPrefix(key, "spark.task.resource.")
		name, isAmount := strings.CutSuffix(name, ".amount")
		if !isTask || !isAmount {
			continue
		}
		r := allocation.CustomResource{Name: name}
		amount, _ := conf.Lookup(key)
		if r.Task, err = strconv.ParseFloat(amount, 64); err != nil {
			return nil, err
		}
		if amount, ok := conf.Lookup("spark.executor.resource." + name + ".amount"); ok {
			if r.Executor, err = strconv.Atoi(amount); err != nil {
				return nil, err
			}
		}
		custom = append(custom, r)
	}
	return custom, nil
}
