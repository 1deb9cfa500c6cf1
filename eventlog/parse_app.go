package eventlog

import (
	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func (p *parser) logStart() func() {
	var version string
	p.members(func(key string) {
		if key == "Spark Version" {
			version = p.Text()
		} else {
			p.Skip()
		}
	})
	return func() { p.build.LogStart(version) }
}

func (p *parser) applicationStart() func() {
	var app workload.Application
	var at workload.Instant
	p.members(func(key string) {
		switch key {
		case "App ID":
			app.ID = p.Text()
		case "App Attempt ID":
			app.AttemptID = p.Text()
		case "App Name":
			app.Name = p.Text()
		case "User":
			app.User = p.Text()
		case "Timestamp":
			at = p.instant()
		default:
			p.Skip()
		}
	})
	return func() { p.build.ApplicationStart(app, at) }
}

func (p *parser) applicationEnd() func() {
	var at workload.Instant
	p.members(func(key string) {
		if key == "Timestamp" {
			at = p.instant()
		} else {
			p.Skip()
		}
	})
	return func() { p.build.ApplicationEnd(at) }
}

func (p *parser) environment() func() {
	properties := map[string]string{}
	p.members(func(key string) {
		if key != "Spark Properties" {
			p.Skip()
			return
		}
		clear(properties)
		p.members(func(name string) { properties[name] = p.Text() })
	})
	return func() { p.build.Environment(properties) }
}

func (p *parser) resourceProfile() func() {
	var r workload.ResourceProfile
	p.members(func(key string) {
		switch key {
		case "Resource Profile Id":
			r.ID = p.number()
		case "Executor Resource Requests":
			r = workload.ResourceProfile{ID: r.ID, TaskCPUs: r.TaskCPUs}
			p.members(func(name string) { setExecutorResource(&r, name, p.amount()) })
		case "Task Resource Requests":
			r.TaskCPUs = 0
			p.members(func(name string) {
				if amount := p.amount(); name == "cpus" {
					r.TaskCPUs = amount
				}
			})
		default:
			p.Skip()
		}
	})
	return func() { p.build.ResourceProfileAdded(r) }
}

func setExecutorResource(r *workload.ResourceProfile, name string, amount float64) {
	mebibytes := units.MiB(int64(amount))
	switch name {
	case "cores":
		r.Cores = int(amount)
	case "memory":
		r.Memory = mebibytes
	case "memoryOverhead":
		r.Overhead = mebibytes
	case "offHeap":
		r.OffHeap = mebibytes
	case "pyspark.memory":
		r.PySpark = mebibytes
	}
}

func (p *parser) amount() float64 {
	var amount float64
	p.members(func(key string) {
		if key == "Amount" {
			amount = p.Float()
		} else {
			p.Skip()
		}
	})
	return amount
}

func (p *parser) sqlStart() func() {
	var id int
	var description string
	var at workload.Instant
	p.members(func(key string) {
		switch key {
		case "executionId":
			id = p.number()
		case "description":
			description = p.Text()
		case "time":
			at = p.instant()
		default:
			p.Skip()
		}
	})
	return func() { p.build.SQLStart(id, description, at) }
}

func (p *parser) sqlEnd() func() {
	var id int
	var at workload.Instant
	p.members(func(key string) {
		switch key {
		case "executionId":
			id = p.number()
		case "time":
			at = p.instant()
		default:
			p.Skip()
		}
	})
	return func() { p.build.SQLEnd(id, at) }
}
