package keda

import (
	"maps"

	"github.com/kubeflow/spark-operator/v2/api/v1beta2"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sparkscale/sparkscale/spark"
	"github.com/sparkscale/sparkscale/sparkapp"
)

// executorContainer is what Spark calls the container of an executor, by which it finds it in a template.
const executorContainer = "spark-kubernetes-executor"

// Apply makes the application a target, and returns what it changed, sorted by path: the allocator with a fixed number of executors and
// dynamic allocation off, decommissioning that is complete, and in the executor's template the time to leave. The rest stays. It
// restarts a running application. The driver's service account needs what [Target.Role] gives.
//
// The error is a [*Refusal] for client mode and for a release of Spark without the allocator, or that of [sparkapp.App.Edit]. After an
// error the application is as before.
func (t Target) Apply(app *sparkapp.App) ([]sparkapp.Change, error) {
	t = t.filled()
	if mode, _ := app.Conf().Value(spark.DeployMode); mode != "cluster" {
		return nil, &Refusal{RefuseClientMode, "the set's owner is the driver pod, and in client mode there is none", "set mode: cluster"}
	}
	if err := t.Allocator.in(app.Version()); err != nil {
		return nil, err
	}
	return app.Edit(sparkapp.Instances(t.Instances), t.write(app.Version()))
}

func (t Target) write(v spark.Version) sparkapp.Option {
	return func(s *v1beta2.SparkApplicationSpec) error {
		conf := maps.Clone(s.SparkConf)
		maps.DeleteFunc(conf, func(key, _ string) bool { return isDynamic(key) })
		if conf == nil {
			conf = map[string]string{}
		}
		maps.Copy(conf, t.Conf(v))
		s.SparkConf = conf
		if s.Executor.Template == nil {
			s.Executor.Template = &corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: executorContainer}}}}
		}
		s.Executor.Template.Spec.TerminationGracePeriodSeconds = new(int64(t.Grace))
		return nil
	}
}

// Role gives the right that the driver needs beside its usual ones, for the service account of its pod: to create and delete the set.
// Nothing else: without the right to change it the driver cannot write the count, and the scaler is its only owner. The Role and its
// RoleBinding are in the application's namespace, and called as the application with "-executors" behind it.
func (t Target) Role(app *sparkapp.App) (*rbacv1.Role, *rbacv1.RoleBinding) {
	t = t.filled()
	account, _ := app.Conf().Lookup(keyAccount)
	if account == "" {
		account = "default"
	}
	meta := metav1.ObjectMeta{Name: app.Name() + "-executors", Namespace: app.Namespace()}
	role := &rbacv1.Role{
		TypeMeta: metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "Role"}, ObjectMeta: meta,
		Rules: []rbacv1.PolicyRule{{APIGroups: []string{"apps"}, Resources: []string{string(t.Allocator) + "s"}, Verbs: []string{"create", "delete"}}},
	}
	return role, &rbacv1.RoleBinding{
		TypeMeta: metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "RoleBinding"}, ObjectMeta: meta,
		Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Name: account, Namespace: app.Namespace()}},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: meta.Name},
	}
}
