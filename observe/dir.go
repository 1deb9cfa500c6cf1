package observe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/eventlog"
	"github.com/sparkscale/sparkscale/internal/wording"
)

// Dir gathers a snapshot from the files below a folder; see [FS].
func Dir(ctx context.Context, folder string, opts ...Option) (*diagnose.Snapshot, error) {
	info, err := os.Stat(folder)
	if err != nil {
		return nil, fmt.Errorf("observe: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("observe: %s is a file; name the folder that it lies in", folder)
	}
	return FS(ctx, os.DirFS(folder), opts...)
}

// FS gathers a snapshot from the files of a file system. A file that cannot be read, or is none of the known kinds, is passed
// over with a note; so are links to folders. The error is the context's, that of an option or of the file system's root, a
// *[SeveralError], or says that nothing at all could be used.
func FS(ctx context.Context, fsys fs.FS, opts ...Option) (*diagnose.Snapshot, error) {
	o, err := optionsOf(opts)
	if err != nil {
		return nil, err
	}
	s := newSources()
	logs, err := s.eventLogs(ctx, fsys, o)
	if err != nil {
		return nil, err
	}
	folder := reader{fsys: fsys, o: o, out: s, taken: logs}
	if err := folder.walk(ctx); err != nil {
		return nil, err
	}
	s.objects(latest(folder.objects))
	if len(s.apps)+len(s.pods)+len(s.logs)+len(s.profiles)+len(s.events) == 0 && !s.answers.found {
		return nil, errors.New("observe: no object of Kubernetes, no log of Spark and no event log in the folder; save them with kubectl get -o yaml, kubectl logs, and from spark.eventLog.dir")
	}
	return s.snapshot(o)
}

// eventLogs reads the event logs, and returns the names under which they lie.
func (s *sources) eventLogs(ctx context.Context, fsys fs.FS, o options) ([]string, error) {
	logs, err := eventlog.FindFS(fsys, ".", o.eventlog...)
	if errors.Is(err, eventlog.ErrNoLogs) {
		return nil, nil
	}
	if err != nil {
		s.note(".", err)
		return nil, ctx.Err()
	}
	var names []string
	for _, log := range logs {
		names = append(names, log.Name)
		p, err := log.Read(ctx, o.eventlog...)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			s.note(log.Name, err)
			continue
		}
		s.profiles = append(s.profiles, p)
	}
	return names, nil
}

func (s *sources) note(source string, err error) {
	text := err.Error()
	if !strings.Contains(text, source) {
		text = source + ": " + text
	}
	s.notes = append(s.notes, wording.Line(text, maxText))
}

// reader walks over a folder.
type reader struct {
	fsys    fs.FS
	o       options
	out     *sources
	taken   []string // names of event logs, which are read already
	objects []object
	files   int
}

func (r *reader) walk(ctx context.Context) error {
	return fs.WalkDir(r.fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && name == ".":
			return fmt.Errorf("observe: %w", err)
		case err != nil:
			r.out.note(name, err)
			return nil
		case name != "." && strings.HasPrefix(path.Base(name), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir() || !entry.Type().IsRegular() || r.isEventLog(name):
			return nil
		}
		if r.files++; r.files > r.o.maxFiles {
			r.out.note(name, fmt.Errorf("more than %d files; the rest is passed over", r.o.maxFiles))
			return fs.SkipAll
		}
		if err := r.file(ctx, name); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r.out.note(name, err)
		}
		return nil
	})
}

// isEventLog reports whether a file is an event log or a part of one.
func (r *reader) isEventLog(name string) bool {
	for _, log := range r.taken {
		if name == log || strings.HasPrefix(name, log+"/") {
			return true
		}
	}
	return false
}

// file reads one file as what its content says it is.
func (r *reader) file(ctx context.Context, name string) error {
	f, err := r.fsys.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	start := make([]byte, 64<<10)
	n, err := io.ReadFull(f, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	start = start[:n]
	switch {
	case bytes.IndexByte(start, 0) >= 0: // binary
		return nil
	case isObjects(start):
		return r.values(name, io.MultiReader(bytes.NewReader(start), f))
	case isLog(start):
		log, err := readLog(ctx, name, io.MultiReader(bytes.NewReader(start), f), int64(r.o.maxLog), r.o.maxFacts)
		r.out.logs = append(r.out.logs, log)
		return err
	}
	return nil
}

// isObjects tells a file of objects or REST answers by its start: JSON that is no structured log, or YAML with apiVersion.
func isObjects(start []byte) bool {
	if looksJSON(start) {
		line, _, _ := bytes.Cut(bytes.TrimSpace(start), []byte{'\n'})
		return structuredRecords(string(line)) == nil
	}
	for line := range bytes.Lines(start) {
		if bytes.HasPrefix(line, []byte("apiVersion:")) || bytes.HasPrefix(line, []byte("kind:")) {
			return true
		}
	}
	return false
}

// values reads the objects, or the REST answer, of a file.
func (r *reader) values(name string, from io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(from, int64(r.o.maxFile)+1))
	if err != nil {
		return err
	}
	if len(text) > int(r.o.maxFile) {
		return fmt.Errorf("larger than %s; see WithMaxFile", r.o.maxFile)
	}
	docs, err := documents(name, text)
	for _, d := range docs {
		if objects := objectsOf(d); objects != nil {
			r.objects = append(r.objects, objects...)
			continue
		}
		if _, wrong := r.out.answers.take(d); wrong != nil {
			r.out.note(name, wrong)
		}
	}
	return err
}

// objects sorts the objects by their kind. One that does not fit its type is passed over with a note.
func (s *sources) objects(list []object) {
	for _, o := range list {
		if err := s.object(o); err != nil {
			s.note(o.source, fmt.Errorf("%s %s cannot be used: %w", o.kind, o.name, err))
		}
	}
}

func (s *sources) object(o object) error {
	switch o.kind {
	case "SparkApplication":
		if !strings.HasPrefix(o.text("apiVersion"), v1beta2.GroupVersion.Group+"/") {
			return fmt.Errorf("apiVersion %s is another operator's", o.text("apiVersion"))
		}
		return take(o, func(a *v1beta2.SparkApplication) { s.apps = append(s.apps, appSource{a, o.place}) })
	case "Pod":
		s.known[diagnose.PartPods] = true
		return take(o, func(p *corev1.Pod) { s.pods = append(s.pods, podSource{p, o.place}) })
	case "Event":
		s.known[diagnose.PartEvents] = true
		if strings.HasPrefix(o.text("apiVersion"), eventsv1.GroupName+"/") {
			return take(o, func(e *eventsv1.Event) { s.events = append(s.events, newEventOf(e, o.place)) })
		}
		return take(o, func(e *corev1.Event) { s.events = append(s.events, eventOf(e, o.place)) })
	case "Node":
		s.known[diagnose.PartNodes] = true
		return take(o, func(n *corev1.Node) { s.nodes = append(s.nodes, nodeOf(n, o.place)) })
	case "ResourceQuota":
		s.known[diagnose.PartQuotas] = true
		return take(o, func(q *corev1.ResourceQuota) { s.quotas = append(s.quotas, quotaOf(q, o.place)) })
	case "StatefulSet":
		s.known[diagnose.PartSets] = true
		return take(o, func(set *appsv1.StatefulSet) { s.sets = append(s.sets, setSource{setOf(set, o.place), ownerOf(set)}) })
	case "PriorityClass":
		s.known[diagnose.PartPriorities] = true
		return take(o, func(p *schedulingv1.PriorityClass) { s.priorities = append(s.priorities, priorityOf(p)) })
	case "ScaledObject":
		s.known[diagnose.PartScalers] = true
		return take(o, func(v *scaledObject) { s.scalers = append(s.scalers, scaledOf(v, o.place)) })
	case "HorizontalPodAutoscaler":
		s.known[diagnose.PartScalers] = true
		return take(o, func(h *autoscalingv2.HorizontalPodAutoscaler) {
			s.scalers = append(s.scalers, autoscalerOf(h, o.place))
		})
	}
	return nil
}

func take[T any](o object, use func(*T)) error {
	v := new(T)
	if err := o.into(v); err != nil {
		return err
	}
	use(v)
	return nil
}

func ownerOf(s *appsv1.StatefulSet) string {
	for _, o := range s.OwnerReferences {
		if o.Kind == "Pod" {
			return o.Name
		}
	}
	return ""
}
