package keda

import (
	"fmt"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Known is what is known of the cluster beside an object. The zero value knows nothing.
type Known struct {
	// Env is the environment of the target's container, from which FromEnv keys are read; nil where it is not known.
	Env map[string]string
	// Auths are all the *v1alpha1.TriggerAuthentication of the namespace and *v1alpha1.ClusterTriggerAuthentication of the cluster; nil
	// where they are not known.
	Auths []runtime.Object
	// Workloads are all the Deployments and StatefulSets of the namespace, and others that have a count; nil where they are not known.
	Workloads []Workload
}

// Validate returns an [*InvalidError] with every issue that is an error, or nil: what the CRD requires, what KEDA's admission webhook
// checks (its failure policy is Ignore, so that it may not have been asked), what the scalers check when they are built, and what
// none of them does: the type of a trigger, keys that nobody reads, time zones, targets of 0, windows that never open, bounds of a
// ScaledJob, the behavior of the HPA.
func Validate(object runtime.Object, known Known) error { return check(object, known).err() }

// Issues returns everything that is wrong with an object of KEDA's or looks so, sorted by path.
func Issues(object runtime.Object, known Known) []Issue { return check(object, known).sorted() }

func check(object runtime.Object, known Known) issues {
	c := &checker{known: known}
	switch o := object.(type) {
	case *v1alpha1.ScaledObject:
		c.scaledObject(o)
	case *v1alpha1.ScaledJob:
		c.scaledJob(o)
	case *v1alpha1.TriggerAuthentication:
		c.name(o.Name)
		c.auth(&o.Spec)
	case *v1alpha1.ClusterTriggerAuthentication:
		c.name(o.Name)
		c.auth(&o.Spec)
	default:
		c.found.fail(BadValue, field.NewPath("kind"), fmt.Sprintf("%T", object), "is none of KEDA's objects")
	}
	return c.found
}

// checker looks at one object.
type checker struct {
	known Known
	found issues
}

var (
	spec         = field.NewPath("spec")
	metadataName = field.NewPath("metadata", "name")
)

func (c *checker) name(name string) {
	path := metadataName
	if name == "" {
		c.found.fail(MissingField, path, nil, "an object needs a name")
		return
	}
	for _, problem := range validation.IsDNS1123Subdomain(name) {
		c.found.fail(BadName, path, name, "%s", problem)
	}
}

// atLeast checks the bounds of the CRD.
func (c *checker) atLeast(name string, n *int32, least int32) {
	if n != nil && *n < least {
		c.found.fail(BadValue, spec.Child(name), *n, "must be at least %d", least)
	}
}

// triggers checks each trigger and what they have in common (ValidateTriggers).
func (c *checker) triggers(list []v1alpha1.ScaleTriggers, formula bool) {
	path := spec.Child("triggers")
	if len(list) == 0 {
		c.found.fail(MissingField, path, nil, "there must be at least one trigger")
	}
	seen := map[string]bool{}
	for i, s := range list {
		t := triggerOf(s)
		if t.Name != "" && seen[t.Name] {
			c.found.fail(DuplicateName, path.Index(i).Child("name"), t.Name, "another trigger has this name")
		}
		seen[t.Name] = true
		checkTrigger(t, c.given(t, path.Index(i), formula), path.Index(i), &c.found)
	}
}

// given is what the trigger gets from the authentication that it names.
func (c *checker) given(t Trigger, path *field.Path, formula bool) Given {
	g := Given{Env: c.known.Env, Formula: formula}
	if t.Auth.Name == "" || c.known.Auths == nil {
		return g
	}
	s := c.authSpec(t.Auth)
	if s == nil {
		c.found.fail(NoSuchAuth, path.Child("authenticationRef", "name"), t.Auth.Name, "there is no such authentication")
		return g
	}
	g.Identity, g.Params = s.PodIdentity, paramsOf(s)
	return g
}

func (c *checker) authSpec(ref AuthRef) *v1alpha1.TriggerAuthenticationSpec {
	for _, object := range c.known.Auths {
		switch o := object.(type) {
		case *v1alpha1.TriggerAuthentication:
			if !ref.Cluster && o.Name == ref.Name {
				return &o.Spec
			}
		case *v1alpha1.ClusterTriggerAuthentication:
			if ref.Cluster && o.Name == ref.Name {
				return &o.Spec
			}
		}
	}
	return nil
}

// paramsOf are the parameters that an authentication gives, nil where only KEDA can know them.
func paramsOf(s *v1alpha1.TriggerAuthenticationSpec) map[string]string {
	if s.FilePath != "" || s.HashiCorpVault != nil || s.AzureKeyVault != nil || s.GCPSecretManager != nil || s.AwsSecretManager != nil ||
		s.OAuth2 != nil || s.AzureServicePrincipal != nil {
		return nil
	}
	params := map[string]string{}
	for _, ref := range s.SecretTargetRef {
		params[ref.Parameter] = Hidden
	}
	for _, ref := range s.ConfigMapTargetRef {
		params[ref.Parameter] = Hidden
	}
	for _, ref := range s.Env {
		params[ref.Parameter] = Hidden
	}
	for _, ref := range s.BoundServiceAccountToken {
		params[ref.Parameter] = Hidden
	}
	return params
}
