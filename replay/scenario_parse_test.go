package replay

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sparkscale/sparkscale/allocation"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/workload"
)

// scenario is what a file of testdata says: a Work that needs no recorded run, and the setting that it is played under.
type scenario struct {
	work    *Work
	setting Setting
	// jobs, stages and datasets are the names, by number; ids are Spark's numbers of the stages, skipped ones too.
	jobs, stages, datasets []string
	ids                    map[string]int
	version                string
	conf                   map[string]string
	cold                   [levels]float64
}

// rddOfDataset and rddOfStage are where the numbers of datasets begin, and of those that stages make.
const rddOfDataset, rddOfStage = 1_000, 2_000

func parseScenario(file, text string) (*scenario, error) {
	s := &scenario{
		work:    &Work{profile: &workload.Profile{}, arrivals: Arrivals{Alone: time.Second}, cold: cold{kinds: []string{""}}},
		ids:     map[string]int{},
		version: "3.5.6",
		conf:    map[string]string{spark.Master.Name: "spark://m"},
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if err := s.command(words); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
	}
	if err := s.finish(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, len(lines), err)
	}
	return s, nil
}

// commands are those of one number or time, or of several.
var commands = map[string]func(s *scenario, words []string) error{
	"spark":       func(s *scenario, words []string) error { s.version = words[0]; return nil },
	"start":       func(s *scenario, words []string) error { return s.start(words) },
	"processors":  func(s *scenario, words []string) error { return number(&s.work.arrivals.AtOnce, words[0]) },
	"request":     func(s *scenario, words []string) error { return span1(&s.work.arrivals.First, words[0]) },
	"cores-after": func(s *scenario, words []string) error { return s.coresAfter(words[0]) },
	"hosts":       func(s *scenario, words []string) error { return s.hosts(words) },
	"capacity":    func(s *scenario, words []string) error { return whole(&s.setting.Capacity, words[0]) },
	"nodes":       func(s *scenario, words []string) error { return s.nodes(words) },
	"seed":        func(s *scenario, words []string) error { return whole(&s.setting.Seed, words[0]) },
	"life":        func(s *scenario, words []string) error { return s.life(words) },
	"cold":        func(s *scenario, words []string) error { return s.costs(words) },
	"job":         func(s *scenario, words []string) error { return s.job(words[0], words[1:]) },
	"stage":       func(s *scenario, words []string) error { return s.stage(words[0], words[1:]) },
	"skipped":     func(s *scenario, words []string) error { return s.skipped(words) },
}

func (s *scenario) command(words []string) error {
	switch do, known := commands[words[0]]; {
	case !known && !strings.HasPrefix(words[0], "spark."):
		return fmt.Errorf("no command %s", words[0])
	case len(words) == 1:
		return errors.New("a value must follow")
	case known:
		return do(s, words[1:])
	}
	s.conf[words[0]] = words[1]
	return nil
}

func span1(to *time.Duration, word string) (err error) {
	*to, err = time.ParseDuration(word)
	return err
}

func number(to *float64, word string) (err error) {
	*to, err = strconv.ParseFloat(word, 64)
	return err
}

func whole[T int | uint64 | int32](to *T, word string) error {
	n, err := strconv.ParseInt(word, 10, 64)
	*to = T(n)
	return err
}

func millis(to *ms, word string) (err error) {
	d, err := time.ParseDuration(word)
	*to = toMS(d)
	return err
}

// fromTo reads 1s..5s, where the end may be left out.
func fromTo(word string) (from, to time.Duration, err error) {
	first, second, _ := strings.Cut(word, "..")
	if err = span1(&from, first); err == nil && second != "" {
		err = span1(&to, second)
		if err == nil && to < from {
			err = fmt.Errorf("%s ends before it begins", word)
		}
	}
	return from, to, err
}

func (s *scenario) start(words []string) error {
	if len(words) == 1 {
		return span1(&s.work.arrivals.Alone, words[0])
	}
	a := &Arrivals{Each: make([]time.Duration, len(words))}
	for i, word := range words {
		if err := span1(&a.Each[i], word); err != nil {
			return err
		}
	}
	s.setting.Arrivals = a
	return nil
}

func (s *scenario) coresAfter(word string) error {
	var d time.Duration
	err := span1(&d, word)
	s.work.delays.up = toMilliseconds(d)
	return err
}

func (s *scenario) nodes(words []string) error {
	if len(words) != 2 {
		return errors.New("write nodes 4 60s")
	}
	return errors.Join(whole(&s.setting.Ready, words[0]), span1(&s.setting.Provisioning, words[1]))
}

// life takes the life of an executor, and since when it takes no tasks: 1s..9s 4s.
func (s *scenario) life(words []string) (err error) {
	var l Life
	if l.Up, l.Down, err = fromTo(words[0]); err == nil && len(words) > 1 {
		err = span1(&l.Leaving, words[1])
	}
	s.setting.Executors = append(s.setting.Executors, l)
	return err
}

func (s *scenario) hosts(words []string) error {
	s.work.hosts.names = words
	if len(slices.Compact(slices.Sorted(slices.Values(words)))) < len(words) {
		return errors.New("a host twice")
	}
	return nil
}

// costs takes what a level of being new costs: cold jvm 500ms.
func (s *scenario) costs(words []string) error {
	level := slices.Index([]string{"warm", "stage", "kind", "jvm"}, words[0])
	if level < 0 || len(words) != 2 {
		return fmt.Errorf("no level %s, or no time", words[0])
	}
	var d time.Duration
	err := span1(&d, words[1])
	s.cold[level] = toMilliseconds(d)
	return err
}

// earlier finds a name among those before.
func earlier(names []string, name, what string) (int, error) {
	i := slices.Index(names, name)
	if i < 0 {
		return 0, fmt.Errorf("no %s %s before", what, name)
	}
	return i, nil
}

// attributes gives each key=value to its function.
func attributes(words []string, what string, take map[string]func(string) error) error {
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		if take[key] == nil {
			return fmt.Errorf("a %s has no %s", what, key)
		}
		if err := take[key](value); err != nil {
			return fmt.Errorf("%s: %w", word, err)
		}
	}
	return nil
}

// job begins a job, which follows the end of the one before at once where nothing else is said.
func (s *scenario) job(name string, words []string) error {
	if slices.Contains(s.jobs, name) {
		return fmt.Errorf("a second job %s", name)
	}
	j, p := job{id: int32(len(s.jobs)), after: int32(len(s.jobs)) - 1}, workload.Job{}
	follows := func(atStart bool) func(string) error {
		return func(other string) error {
			i, err := earlier(s.jobs, other, "job")
			j.after, j.atStart = int32(i), atStart
			return err
		}
	}
	err := attributes(words, "job", map[string]func(string) error{
		"after": follows(false), "with": follows(true),
		"gap":  func(v string) error { return millis(&j.gap, v) },
		"tail": func(v string) error { return millis(&j.tail, v) },
		"pool": func(v string) error { p.Pool = v; return nil },
		"id":   func(v string) error { return whole(&j.id, v) },
		"recorded": func(v string) error {
			from, to, err := fromTo(v)
			p.Submitted, p.Completed = p.Submitted.Add(from), p.Completed.Add(to) // the application starts at 0
			return err
		},
		"drops": func(v string) error {
			d, err := earlier(s.datasets, v, "dataset")
			j.drops = append(j.drops, int32(d))
			return err
		},
	})
	if n := len(s.jobs); n > 0 && s.work.profile.Jobs[n-1].Submitted.Known() != p.Submitted.Known() {
		err = errors.Join(err, errors.New("recorded must be of all jobs or of none"))
	}
	s.jobs = append(s.jobs, name)
	s.work.jobs, s.work.profile.Jobs = append(s.work.jobs, j), append(s.work.profile.Jobs, p)
	return err
}

// addStage gives a stage its number and its place in the job's graph; its dataset is that of another one where it is
// skipped.
func (s *scenario) addStage(name string, rdd int) (id int, err error) {
	switch _, known := s.ids[name]; {
	case len(s.jobs) == 0:
		return 0, errors.New("a stage before the first job")
	case known:
		return 0, fmt.Errorf("a second stage %s", name)
	}
	id = len(s.ids)
	s.ids[name] = id
	if rdd < 0 {
		rdd = rddOfStage + id
	}
	j := &s.work.profile.Jobs[len(s.jobs)-1]
	j.StageIDs, j.Stages = append(j.StageIDs, id), append(j.Stages, workload.JobStage{ID: id, RDD: rdd})
	return id, nil
}

// skipped lists a stage whose shuffle another one has made.
func (s *scenario) skipped(words []string) error {
	if len(words) != 3 || words[1] != "of" {
		return errors.New("write skipped NAME of STAGE")
	}
	i, err := earlier(s.stages, words[2], "stage")
	if err != nil {
		return err
	}
	_, err = s.addStage(words[0], s.work.profile.Stages[i].RDDs[0].ID)
	return err
}

func (s *scenario) stage(name string, words []string) error {
	id, err := s.addStage(name, -1)
	if err != nil {
		return err
	}
	w := s.work
	n := slices.IndexFunc(words, func(word string) bool { return strings.Contains(word, "=") })
	if n < 0 {
		n = len(words)
	}
	st := stage{id: int32(id), index: int32(len(s.stages)), job: int32(len(s.jobs) - 1), first: int32(len(w.tasks))}
	if err := s.tasks(words[:n]); err != nil {
		return err
	}
	st.last = int32(len(w.tasks))
	st.firsts = st.last - st.first
	for i := range st.firsts {
		w.tasks[st.first+i].partition = i
	}
	p := workload.Stage{ID: id, NumTasks: int(st.last - st.first), Job: len(s.jobs) - 1, RDDs: []workload.RDD{{ID: rddOfStage + id}}, Completed: w.profile.Jobs[len(s.jobs)-1].Completed}
	if err := s.describeStage(&st, &p, words[n:]); err != nil {
		return err
	}
	s.stages = append(s.stages, name)
	w.jobs[st.job].stages = append(w.jobs[st.job].stages, st.index)
	w.stages, w.profile.Stages = append(w.stages, st), append(w.profile.Stages, p)
	return nil
}

// tasks adds tasks: 4x1s is four of a second each.
func (s *scenario) tasks(words []string) error {
	if len(words) == 0 {
		return errors.New("no tasks")
	}
	for _, word := range words {
		var n int
		var length ms
		count, each, _ := strings.Cut(word, "x")
		if whole(&n, count) != nil || millis(&length, each) != nil || n < 1 || length < 1 {
			return fmt.Errorf("tasks %q: write 4x1s", word)
		}
		s.work.tasks = append(s.work.tasks, slices.Repeat([]task{{base: int32(length), executor: none, retry: none}}, n)...)
	}
	return nil
}

func (s *scenario) describeStage(st *stage, p *workload.Stage, words []string) error {
	parents := func(v string) error {
		for name := range strings.SplitSeq(v, ",") {
			id, known := s.ids[name]
			if !known || id == p.ID {
				return fmt.Errorf("no stage %s before", name)
			}
			p.Parents = append(p.Parents, id)
		}
		return nil
	}
	return attributes(words, "stage", map[string]func(string) error{
		"after": parents,
		"reads": func(v string) error {
			p.RDDs = append(p.RDDs, workload.RDD{Name: shuffled[0]})
			return parents(v)
		},
		"writes": func(v string) error { return s.writes(st, p, v) },
		"keeps":  func(v string) error { s.keeps(st, p, v); return nil },
		"lag":    func(v string) error { return millis(&st.lag, v) },
		"launch": func(v string) error { return millis(&st.launch, v) },
		"tail":   func(v string) error { return millis(&st.tail, v) },
		"fails":  func(v string) error { return s.again(st, v, 0) },
		"loses": func(v string) error {
			index, delay, _ := strings.Cut(v, "+")
			var after ms
			return errors.Join(millis(&after, delay), s.again(st, index, int32(after)))
		},
		"cores": func(v string) error { return whole(&st.cores, v) },
		"most":  func(v string) error { return whole(&st.most, v) },
		"kind":  func(v string) error { st.kind = s.work.kind(v); return nil },
	})
}

// writes lets each task leave so many bytes of shuffle files.
func (s *scenario) writes(st *stage, p *workload.Stage, v string) error {
	n, err := strconv.ParseInt(v, 10, 32)
	p.ShuffleMap = true
	for i := st.first; i < st.last; i++ {
		s.work.tasks[i].wrote = float32(n)
	}
	return err
}

// again lets a task run twice: as the first attempt fails, or as its result is lost a while after its end.
func (s *scenario) again(st *stage, v string, after int32) error {
	var index int32
	if err := whole(&index, v); err != nil || index < 0 || index >= st.firsts {
		return fmt.Errorf("no task %s", v)
	}
	w := s.work
	t := &w.tasks[st.first+index]
	retry := *t
	t.retry, t.delay = st.last-st.first, after
	if after == 0 {
		t.status = workload.Failed
	}
	w.tasks = append(w.tasks, retry)
	st.last++
	return nil
}

// keeps lets a stage compute, or read, a dataset that Spark is asked to keep.
func (s *scenario) keeps(st *stage, p *workload.Stage, name string) {
	if !slices.Contains(s.datasets, name) {
		s.datasets = append(s.datasets, name)
	}
	id := rddOfDataset + slices.Index(s.datasets, name)
	p.RDDs = append(p.RDDs, workload.RDD{ID: id, Name: "MapPartitionsRDD", Cached: true, Partitions: p.NumTasks})
	st.cached = append(st.cached, int32(id))
}

// finish links what the lines say, by the code that links a recorded run.
func (s *scenario) finish() (err error) {
	version, err := spark.ParseVersion(s.version)
	if err != nil {
		return err
	}
	w := s.work
	s.setting.Conf = spark.NewConf(version, maps.Clone(s.conf))
	w.profile.Conf = s.setting.Conf
	if s.setting.Shape, err = sizing.FromConf(s.setting.Conf); err != nil {
		return err
	}
	if s.setting.Policy, err = allocation.FromConf(s.setting.Conf); err != nil {
		return err
	}
	for level := range w.cold.cost {
		w.cold.cost[level] = slices.Repeat([]float64{s.cold[level]}, len(w.cold.kinds))
	}
	for i := range w.jobs {
		w.linkStages(int32(i))
	}
	s.follow()
	w.linkShuffles()
	w.linkCached()
	w.linkPools()
	if a := s.setting.Arrivals; a != nil {
		a.First = w.arrivals.First
	}
	return nil
}

// follow lets each job wait for what its line says; or for what caused it, where the lines tell when the jobs were.
func (s *scenario) follow() {
	w := s.work
	if len(w.jobs) > 0 && w.profile.Jobs[0].Submitted.Known() {
		w.causes()
		return
	}
	for i := range w.jobs {
		j := w.jobs[i]
		w.causedBy(int32(i), j.after, j.atStart, j.gap)
	}
}
