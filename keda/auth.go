package keda

import (
	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Secret is a parameter whose value a Secret of the same namespace holds.
type Secret struct {
	// Parameter is the scaler's name for it, for example "awsAccessKeyID".
	Parameter string
	// Name and Key are those of the Secret.
	Name, Key string
}

// Auth is what triggers are told beside their metadata. Values never stand in it, only where they come from.
type Auth struct {
	// Identity is the pod identity; see [AWSIdentity].
	Identity *v1alpha1.AuthPodIdentity
	Secrets  []Secret
	// More sets what has no field here, on KEDA's own type; it may be nil.
	More func(*v1alpha1.TriggerAuthenticationSpec)
}

// AWSIdentity is that of KEDA's operator, which assumes the role where one is given (arn:aws:iam::<account>:role/<name>).
func AWSIdentity(roleARN string) *v1alpha1.AuthPodIdentity {
	id := &v1alpha1.AuthPodIdentity{Provider: v1alpha1.PodIdentityProviderAws}
	if roleARN != "" {
		id.RoleArn = &roleARN
	}
	return id
}

// TriggerAuthentication builds the object, and checks it as [Validate] does. The error is an [*InvalidError].
func TriggerAuthentication(name, namespace string, a Auth) (*v1alpha1.TriggerAuthentication, error) {
	ta := &v1alpha1.TriggerAuthentication{
		TypeMeta:   metav1.TypeMeta{APIVersion: groupVersion, Kind: kindAuth},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		Spec:       v1alpha1.TriggerAuthenticationSpec{PodIdentity: a.Identity},
	}
	for _, s := range a.Secrets {
		ta.Spec.SecretTargetRef = append(ta.Spec.SecretTargetRef, v1alpha1.AuthSecretTargetRef{Parameter: s.Parameter, Name: s.Name, Key: s.Key})
	}
	if a.More != nil {
		a.More(&ta.Spec)
	}
	return ta, Validate(ta, Known{})
}
