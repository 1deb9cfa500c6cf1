package observe

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/sparkscale/sparkscale/diagnose"
)

// Source gathers snapshots from a cluster. It holds clients and nothing else, and is safe for concurrent use.
type Source struct {
	typed   kubernetes.Interface
	dynamic dynamic.Interface
	// logs opens the log of a container; it is a field, because the fake of client-go has no logs of its own.
	logs func(ctx context.Context, namespace, pod string, o *corev1.PodLogOptions) (io.ReadCloser, error)
	opts []Option
	err  error
}

// Cluster returns the source of a cluster. What is wrong with the configuration or the options is the error of
// [Source.Snapshot].
func Cluster(config *rest.Config, opts ...Option) *Source {
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return &Source{err: fmt.Errorf("observe: %w", err)}
	}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return &Source{err: fmt.Errorf("observe: %w", err)}
	}
	return Clients(typed, objects, opts...)
}

// Clients returns the source of a cluster whose clients are there already, as in a controller or a test.
func Clients(typed kubernetes.Interface, objects dynamic.Interface, opts ...Option) *Source {
	s := &Source{typed: typed, dynamic: objects, opts: opts}
	s.logs = func(ctx context.Context, namespace, pod string, o *corev1.PodLogOptions) (io.ReadCloser, error) {
		return typed.CoreV1().Pods(namespace).GetLogs(pod, o).Stream(ctx)
	}
	return s
}

// The resources that the typed clients do not have.
var (
	applications  = schema.GroupVersionResource{Group: "sparkoperator.k8s.io", Version: "v1beta2", Resource: "sparkapplications"}
	scaledObjects = schema.GroupVersionResource{Group: "keda.sh", Version: "v1alpha1", Resource: "scaledobjects"}
)

// The bounds of what is asked for: of a list, of executors' logs, and of the bytes of each of these.
const (
	pageSize        = 500
	maxItems        = 20_000
	maxExecutorLogs = 10
	executorLogSize = 4 << 20
)

// gathering is one look at a cluster.
type gathering struct {
	*Source
	out *sources
	o   options
	key types.NamespacedName
}

// Snapshot gathers what the cluster knows of a SparkApplication, or of an application that was submitted without the operator
// and has the name as its driver pod's (name-driver). What may not be read, see [RBAC], is a gap of the snapshot. The error is the
// context's, that of an option, or says that the API server could not be reached.
//
// The REST API of the driver is not asked: that part is a gap.
func (s *Source) Snapshot(ctx context.Context, key types.NamespacedName) (*diagnose.Snapshot, error) {
	if s.err != nil {
		return nil, s.err
	}
	o, err := optionsOf(append(s.opts, WithApp(key.Namespace, key.Name)))
	if err != nil {
		return nil, err
	}
	g := gathering{Source: s, out: newSources(), o: o, key: key}
	for _, need := range needs {
		if need.gather == nil {
			continue
		}
		if err := g.known(need.part, need.gather(ctx, &g)); err != nil {
			return nil, err
		}
	}
	g.out.why[diagnose.PartLive] = "the driver's REST API is not asked"
	g.out.why[diagnose.PartRun] = "no event log is read; pass a folder that holds it to Dir"
	g.out.why[diagnose.PartEarlier] = g.out.why[diagnose.PartRun]
	if err := g.logsOf(ctx); err != nil {
		return nil, err
	}
	return g.out.snapshot(o)
}

// known records that a part was gathered, or why it was not. Only an API server that does not answer is an error.
func (g *gathering) known(part diagnose.Part, err error) error {
	var status apierrors.APIStatus
	// Of executors each log is worth something; a part that takes several answers is known when all have come.
	several := part == diagnose.PartExecutorLogs
	g.out.known[part] = err == nil && (several || g.out.why[part] == "") || several && g.out.known[part]
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err):
		g.out.why[part] = "not allowed: " + err.Error()
	case apierrors.IsNotFound(err) || meta.IsNoMatchError(err):
		g.out.why[part] = "not there: " + err.Error()
	case errors.As(err, &status):
		g.out.why[part] = err.Error()
	default:
		return fmt.Errorf("observe: %s: %w", part, err)
	}
	return nil
}

// list reads all pages of a list, up to maxItems.
func list[L any](ctx context.Context, page func(context.Context, metav1.ListOptions) (L, error), o metav1.ListOptions, take func(L) (n int, next string)) error {
	o.Limit = pageSize
	for total := 0; ; {
		l, err := page(ctx, o)
		if err != nil {
			return err
		}
		n, next := take(l)
		if total += n; next == "" || n == 0 || total >= maxItems {
			return nil
		}
		o.Continue = next
	}
}

func gatherApplication(ctx context.Context, g *gathering) error {
	found, err := g.dynamic.Resource(applications).Namespace(g.key.Namespace).Get(ctx, g.key.Name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	app := &v1beta2.SparkApplication{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(found.Object, app); err != nil {
		g.out.note("SparkApplication/"+g.key.String(), err)
		return nil
	}
	g.out.apps = append(g.out.apps, appSource{app, inCluster("SparkApplication", app.Namespace, app.Name)})
	return nil
}

// gatherScaled finds none in a cluster without KEDA, which is no gap.
func gatherScaled(ctx context.Context, g *gathering) error {
	err := list(ctx, g.dynamic.Resource(scaledObjects).Namespace(g.key.Namespace).List, metav1.ListOptions{}, func(l *unstructured.UnstructuredList) (int, string) {
		for _, item := range l.Items {
			s := &scaledObject{}
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(item.Object, s); err != nil {
				g.out.note("ScaledObject/"+item.GetName(), err)
				continue
			}
			g.out.scalers = append(g.out.scalers, scaledOf(s, inCluster("ScaledObject", item.GetNamespace(), item.GetName())))
		}
		return len(l.Items), l.GetContinue()
	})
	if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
		return nil
	}
	return err
}

// logsOf reads the log of the driver, and of those executors whose container has ended.
func (g *gathering) logsOf(ctx context.Context) error {
	who, err := g.out.pick(g.o)
	if err != nil {
		return err
	}
	read := 0
	for _, p := range g.out.pods {
		if !who.owns(p.pod) {
			continue
		}
		driver := isDriver(p.pod)
		ended := p.pod.Status.Phase == corev1.PodFailed
		if !driver && (!ended || read >= maxExecutorLogs) || p.pod.Status.Phase == corev1.PodPending {
			continue
		}
		part, limit := diagnose.PartDriverLog, int64(g.o.maxLog)
		if !driver {
			read, part, limit = read+1, diagnose.PartExecutorLogs, executorLogSize
		}
		if err := g.known(part, g.log(ctx, p.pod, limit)); err != nil {
			return err
		}
	}
	return nil
}

func (g *gathering) log(ctx context.Context, p *corev1.Pod, limit int64) error {
	o := &corev1.PodLogOptions{LimitBytes: &limit}
	if len(p.Spec.Containers) > 1 {
		o.Container = p.Spec.Containers[0].Name
		for _, c := range p.Spec.Containers {
			if c.Name == "spark-kubernetes-driver" || c.Name == "spark-kubernetes-executor" {
				o.Container = c.Name
			}
		}
	}
	stream, err := g.logs(ctx, p.Namespace, p.Name, o)
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }()
	source := fmt.Sprintf("Pod/%s/%s log", p.Namespace, p.Name)
	l, err := readLog(ctx, source, stream, limit, g.o.maxFacts)
	g.out.logs = append(g.out.logs, l)
	return err
}

// inCluster is the placer of a live object.
func inCluster(kind, namespace, name string) placer {
	source := kind + "/" + name
	if namespace != "" {
		source = kind + "/" + namespace + "/" + name
	}
	return func(path ...any) diagnose.Place { return diagnose.Place{Source: source, Path: pathText(path)} }
}
