package diagnose

import "fmt"

var tinyTasks = Rule{
	Code: "WASTE/TINY-TASKS", Title: "a stage has very many very short tasks",
	Doc:   "task times of a stage; DataFlint more than 5000 tasks with a median below 500 ms",
	Needs: []Part{PartRun},
	check: func(v *view) []Finding {
		var found []Finding
		for _, s := range v.Run.Stages {
			if s.Succeeded < v.o.TinyTasks || s.Median >= v.o.TinyTask {
				continue
			}
			found = append(found, Finding{
				Severity: Warning, Subject: fmt.Sprintf("stage %d", s.ID),
				Message:  fmt.Sprintf("stage %d (%s) has %d tasks with a median of %s: launching them costs about as much as running them", s.ID, s.Name, s.Succeeded, brief(s.Median)),
				Evidence: []Evidence{v.ofRun(fmt.Sprintf("stage %d.%d", s.ID, s.Attempt), "%d tasks, median %s", s.Succeeded, brief(s.Median)).rather("fewer than %d, or longer than %s", v.o.TinyTasks, v.o.TinyTask)},
				Fixes: []Fix{
					set("let adaptive execution join partitions", "spark.sql.adaptive.enabled", "true", "spark.sql.adaptive.coalescePartitions.enabled", "true"),
					do(NextRun, "coalesce, or compact small files"),
				},
			})
		}
		return first(found, 3)
	},
}
