package eventlog

import (
	"strconv"

	"github.com/sparkscale/sparkscale/units"
	"github.com/sparkscale/sparkscale/workload"
)

func (p *parser) jobStart() func() {
	e := workload.JobStart{SQL: -1}
	p.members(func(key string) {
		switch key {
		case "Job ID":
			e.ID = p.number()
		case "Submission Time":
			e.At = p.instant()
		case "Stage IDs":
			e.StageIDs = p.numbers()
		case "Stage Infos":
			e.Stages = p.jobStages()
		case "Properties":
			p.jobProperties(&e)
		default:
			p.Skip()
		}
	})
	return func() { p.build.JobStart(e) }
}

func (p *parser) jobStages() []workload.JobStage {
	var list []workload.JobStage
	if !p.Array() {
		return nil
	}
	for p.More() {
		list = append(list, p.jobStage())
	}
	return list
}

func (p *parser) jobStage() workload.JobStage {
	s := workload.JobStage{RDD: -1}
	p.members(func(key string) {
		switch key {
		case "Stage ID":
			s.ID = p.number()
		case "Parent IDs":
			s.Parents = p.numbers()
		case "RDD Info":
			s.RDD = p.firstRDD()
		default:
			p.Skip()
		}
	})
	return s
}

// firstRDD returns the id of the first dataset of a list, which is the stage's own (StageInfo.fromStage), or -1.
func (p *parser) firstRDD() int {
	id := -1
	if !p.Array() {
		return id
	}
	for first := true; p.More(); first = false {
		if !first {
			p.Skip()
			continue
		}
		p.members(func(key string) {
			if key == "RDD ID" {
				id = p.number()
			} else {
				p.Skip()
			}
		})
	}
	return id
}

func (p *parser) jobProperties(e *workload.JobStart) {
	e.SQL, e.Pool, e.Group, e.Description = -1, "", "", ""
	p.members(func(key string) {
		switch key {
		case "spark.sql.execution.id":
			if id, err := strconv.Atoi(p.Text()); err == nil {
				e.SQL = id
			}
		case "spark.scheduler.pool":
			e.Pool = p.Text()
		case "spark.jobGroup.id":
			e.Group = p.Text()
		case "spark.job.description":
			e.Description = p.Text()
		default:
			p.Skip()
		}
	})
}

func (p *parser) jobEnd() func() {
	var id int
	var at workload.Instant
	var result string
	p.members(func(key string) {
		switch key {
		case "Job ID":
			id = p.number()
		case "Completion Time":
			at = p.instant()
		case "Job Result":
			result = ""
			p.members(func(name string) {
				if name == "Result" {
					result = p.Text()
				} else {
					p.Skip()
				}
			})
		default:
			p.Skip()
		}
	})
	return func() { p.build.JobEnd(id, at, result == "JobSucceeded") }
}

func (p *parser) stageSubmitted() func() {
	info := p.stageEvent()
	return func() { p.build.StageSubmitted(info) }
}

func (p *parser) stageCompleted() func() {
	info := p.stageEvent()
	return func() { p.build.StageCompleted(info) }
}

func (p *parser) stageEvent() workload.StageInfo {
	var info workload.StageInfo
	p.members(func(key string) {
		if key == "Stage Info" {
			info = workload.StageInfo{}
			p.stageInfo(&info)
		} else {
			p.Skip()
		}
	})
	return info
}

func (p *parser) stageInfo(s *workload.StageInfo) {
	p.members(func(key string) {
		switch key {
		case "Stage ID":
			s.ID = p.number()
		case "Stage Attempt ID":
			s.Attempt = p.number()
		case "Stage Name":
			s.Name = p.Text()
		case "Number of Tasks":
			s.NumTasks = p.number()
		case "Parent IDs":
			s.Parents = p.numbers()
		case "Submission Time":
			s.Submitted = p.instant()
		case "Completion Time":
			s.Completed = p.instant()
		case "Failure Reason":
			s.Failure = p.Text()
		case "Resource Profile Id":
			s.ResourceProfile = p.number()
		case "RDD Info":
			p.rdds(s)
		default:
			p.Skip()
		}
	})
}

func (p *parser) rdds(s *workload.StageInfo) {
	s.RDDs = nil
	if !p.Array() {
		return
	}
	for p.More() {
		rdd, barrier := p.rdd()
		s.RDDs = append(s.RDDs, rdd)
		s.Barrier = s.Barrier || barrier
	}
}

func (p *parser) rdd() (r workload.RDD, barrier bool) {
	p.members(func(key string) {
		switch key {
		case "RDD ID":
			r.ID = p.number()
		case "Name":
			r.Name = p.Text()
		case "Barrier":
			barrier = p.Bool()
		case "Number of Partitions":
			r.Partitions = p.number()
		case "Number of Cached Partitions":
			r.CachedPartitions = p.number()
		case "Memory Size":
			r.Memory = units.Bytes(p.Int())
		case "Disk Size":
			r.Disk = units.Bytes(p.Int())
		case "Storage Level":
			r.Cached = false
			p.members(func(level string) {
				if use := p.Bool(); use && (level == "Use Memory" || level == "Use Disk") {
					r.Cached = true
				}
			})
		default:
			p.Skip()
		}
	})
	return r, barrier
}
