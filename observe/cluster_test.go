package observe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/rest"
	clienttesting "k8s.io/client-go/testing"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/internal/dataset"
)

// bed is a fake cluster that holds the saved objects of a recording.
type bed struct {
	*Source
	typed   *fake.Clientset
	objects *dynamicfake.FakeDynamicClient
	key     types.NamespacedName
}

func newBed(t *testing.T, folder string) *bed {
	var typed, loose []runtime.Object
	b := &bed{}
	paths, err := filepath.Glob(filepath.Join(folder, "objects", "*"))
	require.NoError(t, err)
	var all []object
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		docs, err := documents(path, text)
		require.NoError(t, err)
		for _, d := range docs {
			all = append(all, objectsOf(d)...)
		}
	}
	for _, o := range latest(all) {
		switch o.kind {
		case "SparkApplication", "ScaledObject":
			u := &unstructured.Unstructured{}
			require.NoError(t, o.into(&u.Object))
			loose = append(loose, u)
			if o.kind == "SparkApplication" {
				b.key = types.NamespacedName{Namespace: o.namespace, Name: o.name}
			}
		case "Pod":
			typed = append(typed, decoded(t, o, &corev1.Pod{}))
		case "Event":
			typed = append(typed, decoded(t, o, &corev1.Event{}))
		case "Node":
			typed = append(typed, decoded(t, o, &corev1.Node{}))
		case "ResourceQuota":
			typed = append(typed, decoded(t, o, &corev1.ResourceQuota{}))
		case "StatefulSet":
			typed = append(typed, decoded(t, o, &appsv1.StatefulSet{}))
		}
	}
	b.typed = fake.NewClientset()
	for _, o := range typed {
		_ = b.typed.Tracker().Add(o) // a name can come twice, of ordinals that were made anew
	}
	kinds := map[schema.GroupVersionResource]string{applications: "SparkApplicationList", scaledObjects: "ScaledObjectList"}
	b.objects = dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), kinds, loose...)
	b.Source = Clients(b.typed, b.objects)
	b.logs = func(_ context.Context, _, pod string, _ *corev1.PodLogOptions) (io.ReadCloser, error) {
		if strings.HasSuffix(pod, "-driver") {
			return os.Open(filepath.Join(folder, "driver.log"))
		}
		names, err := filepath.Glob(filepath.Join(folder, "logs", pod+".*"))
		if err != nil || len(names) == 0 {
			return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, pod)
		}
		return os.Open(names[0])
	}
	return b
}

func decoded[T runtime.Object](t *testing.T, o object, into T) runtime.Object {
	require.NoError(t, o.into(into))
	return into
}

func folders(t *testing.T) []string {
	root := dataset.Path(t, "recordings/k8s")
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	var list []string
	for _, e := range entries {
		if e.IsDir() {
			list = append(list, filepath.Join(root, e.Name()))
		}
	}
	return list
}

// What a cluster tells of a recording leads to the same error as the recording's files, of those that need no event log.
func TestAClusterGivesTheErrorsOfTheFolder(t *testing.T) {
	for _, folder := range folders(t) {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			b := newBed(t, folder)
			if b.key.Name == "" {
				t.Skip("the recording has no SparkApplication")
			}
			live, err := b.Snapshot(t.Context(), b.key)
			require.NoError(t, err)
			saved, err := Dir(t.Context(), folder)
			require.NoError(t, err)
			found, want := diagnose.Run(live, diagnose.Options{}), diagnose.Run(saved, diagnose.Options{})
			if len(want) > 0 && want[0].Severity == diagnose.Error {
				require.NotEmpty(t, found)
				assert.Equal(t, want[0].Code, found[0].Code)
				assert.Equal(t, want[0].Message, found[0].Message)
				assert.Contains(t, found[0].Evidence[0].Source, "/spark/")
			} else {
				assert.False(t, diagnose.Failing(found))
			}
			assert.False(t, live.Knows(diagnose.PartRun))
			assert.True(t, live.Knows(diagnose.PartScalers))
		})
	}
}

func TestTheRightsAreThoseThatAreUsed(t *testing.T) {
	b := newBed(t, folders(t)[0])
	logs := 0
	open := b.logs
	b.logs = func(ctx context.Context, namespace, pod string, o *corev1.PodLogOptions) (io.ReadCloser, error) {
		logs++
		return open(ctx, namespace, pod, o)
	}
	_, err := b.Snapshot(t.Context(), b.key)
	require.NoError(t, err)
	used := []string{"|pods/log|get"}
	for _, a := range slices.Concat(b.typed.Actions(), b.objects.Actions()) {
		used = append(used, strings.Join([]string{a.GetResource().Group, a.GetResource().Resource, a.GetVerb()}, "|"))
	}
	var given []string
	for _, o := range RBAC("spark", "watcher") {
		var rules []rbacv1.PolicyRule
		switch r := o.(type) {
		case *rbacv1.Role:
			rules = r.Rules
		case *rbacv1.ClusterRole:
			rules = r.Rules
		}
		for _, r := range rules {
			for _, resource := range r.Resources {
				given = append(given, strings.Join([]string{r.APIGroups[0], resource, r.Verbs[0]}, "|"))
			}
		}
	}
	slices.Sort(used)
	slices.Sort(given)
	assert.Equal(t, slices.Compact(used), given)
	assert.Positive(t, logs)
}

func TestWhatIsForbiddenIsUnknown(t *testing.T) {
	b := newBed(t, folders(t)[0])
	refuse := func(a clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(a.GetResource().GroupResource(), "", errors.New("no right"))
	}
	b.typed.PrependReactor("*", "*", refuse)
	b.objects.PrependReactor("*", "*", refuse)
	s, err := b.Snapshot(t.Context(), b.key)
	require.NoError(t, err)
	assert.Len(t, s.Gaps, len(diagnose.Parts()))
	assert.Contains(t, s.Gaps[0].Why, "not allowed")
	assert.Empty(t, diagnose.Run(s, diagnose.Options{}))
	assert.Equal(t, b.key.Name, s.App.Name)
}

func TestOneRightLessIsOnePartLess(t *testing.T) {
	b := newBed(t, folders(t)[0])
	b.objects.PrependReactor("list", "scaledobjects", func(a clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, apierrors.NewForbidden(a.GetResource().GroupResource(), "", errors.New("no right"))
	})
	s, err := b.Snapshot(t.Context(), b.key)
	require.NoError(t, err)
	assert.False(t, s.Knows(diagnose.PartScalers))
	assert.True(t, s.Knows(diagnose.PartPods))
}

func TestErrorsOfACluster(t *testing.T) {
	b := newBed(t, folders(t)[0])
	b.typed.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("connection refused")
	})
	_, err := b.Snapshot(t.Context(), b.key)
	require.ErrorContains(t, err, "connection refused")
	_, err = Cluster(&rest.Config{Host: "://"}).Snapshot(t.Context(), b.key)
	require.Error(t, err)
	_, err = Clients(b.typed, b.objects, WithMaxLog(0)).Snapshot(t.Context(), b.key)
	assert.ErrorContains(t, err, "WithMaxLog(0)")
}

func TestALiveSnapshotIsSavedAndLoaded(t *testing.T) {
	b := newBed(t, folders(t)[0])
	s, err := b.Snapshot(t.Context(), b.key)
	require.NoError(t, err)
	var one, two bytes.Buffer
	require.NoError(t, s.Save(&one))
	loaded, err := diagnose.Load(bytes.NewReader(one.Bytes()))
	require.NoError(t, err)
	require.NoError(t, loaded.Save(&two))
	assert.Equal(t, one.String(), two.String())
}
