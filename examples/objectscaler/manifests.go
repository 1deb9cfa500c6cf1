package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/sparkscale/sparkscale/sparkapp"
)

// deployment are the flags of the manifests.
type deployment struct {
	name, namespace, image, secret string
	replicas                       int
	annotations                    []string
}

func (d *deployment) flags(f *flag.FlagSet) {
	f.StringVar(&d.name, "name", "objectscaler", "manifests: name of the objects")
	f.StringVar(&d.namespace, "namespace", "keda", "manifests: their namespace")
	f.StringVar(&d.image, "image", "", "manifests: image of the program")
	f.StringVar(&d.secret, "tls-secret", "objectscaler-tls", "manifests: Secret with tls.crt, tls.key, and ca.crt for the clients")
	f.IntVar(&d.replicas, "replicas", 2, "manifests: pods; each lists by itself")
	texts(f, &d.annotations, "annotate", "manifests: annotation of the ServiceAccount, key=value, by which the cloud gives the pod its identity; several times")
}

// own are the flags that the program in the pod does not get.
var own = []string{"manifests", "name", "namespace", "image", "tls-secret", "replicas", "annotate", "listen", "metrics"}

// given repeats the flags of a command line for the pod, in the order of their names, repeated ones in their order.
func given(f *flag.FlagSet, args []string) []string {
	again := flag.NewFlagSet("", flag.ContinueOnError)
	again.SetOutput(io.Discard)
	values := map[string][]string{}
	f.VisitAll(func(fl *flag.Flag) {
		add := func(text string) error {
			values[fl.Name] = append(values[fl.Name], text)
			return nil
		}
		if b, ok := fl.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
			again.BoolFunc(fl.Name, "", add)
			return
		}
		again.Func(fl.Name, "", add)
	})
	_ = again.Parse(args) // it was read without an error before
	var list []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			if !slices.Contains(own, name) {
				list = append(list, "-"+name+"="+value)
			}
		}
	}
	return list
}

func (d *deployment) check(manifests bool) error {
	if !manifests {
		return nil
	}
	if d.image == "" {
		return usageError("-manifests needs the -image of the program")
	}
	if d.replicas < 1 {
		return usageError("-replicas must be at least 1")
	}
	for flagName, name := range map[string]string{"name": d.name, "namespace": d.namespace} {
		if len(validation.IsDNS1035Label(name)) > 0 {
			return usageError(fmt.Sprintf("-%s %q is no name of an object: letters, digits and hyphens", flagName, name))
		}
	}
	_, err := d.identity()
	return err
}

func (d *deployment) identity() (map[string]string, error) {
	annotations := map[string]string{}
	for _, text := range d.annotations {
		key, value, found := strings.Cut(text, "=")
		if !found || len(validation.IsQualifiedName(key)) > 0 {
			return nil, usageError(fmt.Sprintf("-annotate %q: it is key=value", text))
		}
		annotations[key] = value
	}
	return annotations, nil
}

const header = `# The object scaler for KEDA: scalerAddress %s.%s.svc.cluster.local:%d
# There is no Role and no binding: it never calls the API server, so that its token is not even mounted. What it may list is for
# the identity of the ServiceAccount at the cloud to say: to list the buckets of -allow, and nothing else.
`

// print writes the manifests.
func (d *deployment) print(w io.Writer, args []string, insecure bool) error {
	annotations, err := d.identity()
	if err != nil {
		return err
	}
	account := &corev1.ServiceAccount{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"}, ObjectMeta: d.meta(), AutomountServiceAccountToken: new(false),
	}
	account.Annotations = annotations
	text, err := sparkapp.YAML(account, d.service(), d.deployment(args, insecure))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, header+"%s", d.name, d.namespace, grpcPort, text)
	return err
}

const (
	grpcPort    = 9443
	metricsPort = 9090
)

func (d *deployment) labels() map[string]string {
	return map[string]string{"app.kubernetes.io/name": "objectscaler", "app.kubernetes.io/instance": d.name}
}

func (d *deployment) meta() metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: d.name, Namespace: d.namespace, Labels: d.labels()}
}

// service is headless: KEDA's client spreads its calls over the pods that it finds by name.
func (d *deployment) service() *corev1.Service {
	return &corev1.Service{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}, ObjectMeta: d.meta(),
		Spec: corev1.ServiceSpec{ClusterIP: corev1.ClusterIPNone, Selector: d.labels(), Ports: []corev1.ServicePort{
			{Name: "grpc", Port: grpcPort, TargetPort: intstr.FromString("grpc"), AppProtocol: new("grpc")},
			{Name: "metrics", Port: metricsPort, TargetPort: intstr.FromString("metrics")},
		}},
	}
}

func (d *deployment) deployment(args []string, insecure bool) *appsv1.Deployment {
	pod := corev1.PodSpec{
		ServiceAccountName: d.name, AutomountServiceAccountToken: new(false), TerminationGracePeriodSeconds: new(int64(30)),
		SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: new(true), RunAsUser: new(int64(65532)), FSGroup: new(int64(65532)), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
		Containers:      []corev1.Container{d.container(args)},
	}
	if !insecure {
		c := &pod.Containers[0]
		c.Args = append(c.Args, "-tls-cert=/tls/tls.crt", "-tls-key=/tls/tls.key", "-client-ca=/tls/ca.crt")
		c.VolumeMounts = []corev1.VolumeMount{{Name: "tls", MountPath: "/tls", ReadOnly: true}}
		pod.Volumes = []corev1.Volume{{Name: "tls", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: d.secret, DefaultMode: new(int32(0o440))}}}}
	}
	return &appsv1.Deployment{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: d.meta(),
		Spec: appsv1.DeploymentSpec{
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RollingUpdateDeploymentStrategyType, RollingUpdate: &appsv1.RollingUpdateDeployment{MaxUnavailable: new(intstr.FromInt32(0))}},
			Replicas: new(int32(d.replicas)), Selector: &metav1.LabelSelector{MatchLabels: d.labels()},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: d.labels()}, Spec: pod},
		},
	}
}

// container asks for what a listing of a million objects takes, with room.
func (d *deployment) container(args []string) corev1.Container {
	probe := corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromString("metrics")}}
	return corev1.Container{
		Name: "objectscaler", Image: d.image,
		Args:           slices.Concat([]string{fmt.Sprintf("-listen=:%d", grpcPort), fmt.Sprintf("-metrics=:%d", metricsPort)}, args),
		Ports:          []corev1.ContainerPort{{Name: "grpc", ContainerPort: grpcPort}, {Name: "metrics", ContainerPort: metricsPort}},
		ReadinessProbe: &corev1.Probe{ProbeHandler: probe, PeriodSeconds: 5},
		LivenessProbe:  &corev1.Probe{ProbeHandler: *probe.DeepCopy(), PeriodSeconds: 20},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("64Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")},
		},
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false), ReadOnlyRootFilesystem: new(true), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
	}
}
