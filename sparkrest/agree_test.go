package sparkrest_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/sparkscale/sparkscale/workload"
)

// leaves gives every value of a profile by its path, lists as "Jobs[3].SQL" with the path "Jobs.SQL".
func leaves(p *workload.Profile) map[string]string {
	l := leafMap{}
	l.add("App", p.App)
	l.add("LoggedVersion", p.LoggedVersion)
	l.add("Start", p.Start)
	l.add("End", p.End)
	l.add("DriverUp", p.DriverUp)
	l.add("Since", p.Since())
	l.add("Until", p.Until())
	l.add("Unpersisted", p.Unpersisted)
	l.add("Driver", p.Driver)
	l.add("Totals", p.Totals)
	for _, key := range p.Conf.Keys() {
		value, _ := p.Conf.Lookup(key)
		l.add("Conf["+key+"]", value)
	}
	jobs := slices.Clone(p.Jobs)
	slices.SortFunc(jobs, func(a, b workload.Job) int { return cmp.Compare(a.ID, b.ID) })
	for _, j := range jobs {
		slices.Sort(j.StageIDs)
		slices.SortFunc(j.Stages, func(a, b workload.JobStage) int { return cmp.Compare(a.ID, b.ID) })
		l.add(fmt.Sprintf("Jobs[%d]", j.ID), j)
	}
	for _, s := range p.Stages {
		job := -1
		if s.Job >= 0 {
			job = p.Jobs[s.Job].ID
		}
		first, last := s.First, s.Last
		s.Job, s.First, s.Last = job, 0, last-first
		l.add(fmt.Sprintf("Stages[%d.%d]", s.ID, s.Attempt), s)
		for i := first; i < last; i++ {
			l.task(fmt.Sprintf("Tasks[%d.%d-%d]", s.ID, s.Attempt, i-first), p, i)
		}
	}
	for _, x := range p.SQL {
		l.add(fmt.Sprintf("SQL[%d]", x.ID), x)
	}
	for _, e := range p.Executors {
		l.add("Executors["+e.ID+"]", e)
	}
	for _, r := range p.ResourceProfiles {
		l.add(fmt.Sprintf("ResourceProfiles[%d]", r.ID), r)
	}
	return l
}

type leafMap map[string]string

func (l leafMap) task(path string, p *workload.Profile, i int) {
	tasks := reflect.ValueOf(&p.Tasks)
	for m := range tasks.NumMethod() {
		method := tasks.Type().Method(m)
		if method.Type.NumIn() != 2 {
			continue
		}
		value := tasks.Method(m).Call([]reflect.Value{reflect.ValueOf(i)})[0].Interface()
		if method.Name == "Executor" && value.(int) >= 0 {
			value = p.Executors[value.(int)].ID
		}
		l.add(path+"."+method.Name, value)
	}
}

// add goes down into structs, and into lists of structs with more than values.
func (l leafMap) add(path string, value any) {
	v := reflect.ValueOf(value)
	switch {
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				l.add(path+"."+v.Type().Field(i).Name, v.Field(i).Interface())
			}
		}
	case v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[workload.JobStage]():
		for i := range v.Len() {
			l.add(fmt.Sprintf("%s[%d]", path, i), v.Index(i).Interface())
		}
	case v.Kind() == reflect.Slice && v.Len() == 0:
	default:
		l[path] = fmt.Sprint(value)
	}
}

// plain is a path without its indices.
func plain(path string) string {
	var b strings.Builder
	depth := 0
	for _, r := range path {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// gaps gives the fields that the notes of a coverage name.
func gaps(c workload.Coverage) []string {
	var fields []string
	for _, note := range c.Notes {
		head, _, ok := strings.Cut(note, ": ")
		for _, field := range strings.Split(head, ", ") {
			if ok && field != "" && field[0] >= 'A' && field[0] <= 'Z' && !strings.Contains(field, " ") {
				fields = append(fields, field)
			}
		}
	}
	return fields
}

// covers reports whether a gap's field is that of a value, or above it.
func covers(field, path string) bool {
	if prefix, ok := strings.CutSuffix(field, "…"); ok {
		return strings.HasPrefix(path, prefix)
	}
	return path == field || strings.HasPrefix(path, field+".")
}

// differences compares a profile from the API with one from the event log wherever the coverage names no gap, and returns
// how many values it compared and what differs.
func differences(rest, log *workload.Profile) (compared int, differ []string) {
	fromREST, fromLog, skip := leaves(rest), leaves(log), gaps(rest.Coverage)
	paths := map[string]bool{}
	for path := range fromREST {
		paths[path] = true
	}
	for path := range fromLog {
		paths[path] = true
	}
	for path := range paths {
		if slices.ContainsFunc(skip, func(field string) bool { return covers(field, plain(path)) }) {
			continue
		}
		compared++
		if fromREST[path] != fromLog[path] {
			differ = append(differ, fmt.Sprintf("%s: %q from the API, %q from the log", path, fromREST[path], fromLog[path]))
		}
	}
	slices.Sort(differ)
	return compared, differ
}
