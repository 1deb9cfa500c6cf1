package keda

import (
	"net/url"
	"strings"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// auth checks what KEDA's webhook checks, and what the CRD requires. The rules are written anew, because KEDA's own validator writes
// to a log. Source: validateSpec of apis/keda/v1alpha1/triggerauthentication_webhook.go, KEDA 2.21.0.
func (c *checker) auth(s *v1alpha1.TriggerAuthenticationSpec) {
	c.identity(s.PodIdentity)
	c.servicePrincipal(s.AzureServicePrincipal)
	c.oauth2(s.OAuth2)
	for i, ref := range s.SecretTargetRef {
		c.reference("secretTargetRef", i, ref.Parameter, ref.Name, ref.Key)
	}
	for i, ref := range s.ConfigMapTargetRef {
		c.reference("configMapTargetRef", i, ref.Parameter, ref.Name, ref.Key)
	}
}

func (c *checker) identity(id *v1alpha1.AuthPodIdentity) {
	if id == nil {
		return
	}
	path := spec.Child("podIdentity")
	if o := id.IdentityOwner; o != nil && *o != "keda" && *o != "workload" {
		c.found.fail(BadValue, path.Child("identityOwner"), *o, "must be keda or workload")
	}
	switch id.Provider {
	case v1alpha1.PodIdentityProviderAws:
		c.aws(id, path)
	case v1alpha1.PodIdentityProviderAzureWorkload:
		c.azure(id, path)
	case v1alpha1.PodIdentityProviderNone, v1alpha1.PodIdentityProviderGCP:
	case v1alpha1.PodIdentityProviderAwsEKS:
		c.found.warn(FadingKey, path.Child("provider"), id.Provider, "KEDA advises against it").instead("write aws")
	default:
		c.found.fail(BadValue, path.Child("provider"), id.Provider, "must be one of azure-workload, gcp, aws, aws-eks, none")
	}
}

func (c *checker) aws(id *v1alpha1.AuthPodIdentity, path *field.Path) {
	role := id.RoleArn != nil && *id.RoleArn != ""
	if role && id.IsWorkloadIdentityOwner() {
		c.found.fail(BadIdentity, path.Child("roleArn"), *id.RoleArn, "excludes identityOwner workload")
	}
	if id.ExternalID != nil && *id.ExternalID != "" && !role {
		c.found.fail(BadIdentity, path.Child("externalID"), *id.ExternalID, "needs roleArn")
	}
}

func (c *checker) azure(id *v1alpha1.AuthPodIdentity, path *field.Path) {
	empty := func(text *string) bool { return text != nil && *text == "" }
	if empty(id.IdentityID) {
		c.found.fail(BadIdentity, path.Child("identityId"), "", "must not be empty where it is set")
	}
	host := id.IdentityAuthorityHost != nil && *id.IdentityAuthorityHost != ""
	if empty(id.IdentityTenantID) || host && id.IdentityTenantID == nil {
		c.found.fail(BadIdentity, path.Child("identityTenantId"), nil, "must not be empty where it is set, or with identityAuthorityHost")
	}
}

func (c *checker) servicePrincipal(p *v1alpha1.AzureServicePrincipal) {
	if p == nil {
		return
	}
	path := spec.Child("azureServicePrincipal")
	private := strings.EqualFold(p.Cloud, "Private")
	for _, rule := range []struct {
		broken       bool
		name, detail string
	}{
		{p.TenantID == "", "tenantId", "must be there"},
		{p.ClientID == "", "clientId", "must be there"},
		{(p.ClientSecret == nil) == (p.ClientCertificate == nil), "clientSecret", "must be there, or else clientCertificate, and not both"},
		{p.ClientCertificatePassword != nil && p.ClientCertificate == nil, "clientCertificatePassword", "needs clientCertificate"},
		{private && p.ActiveDirectoryEndpoint == "", "activeDirectoryEndpoint", "must be there for cloud Private"},
		{!private && p.ActiveDirectoryEndpoint != "", "activeDirectoryEndpoint", "is for cloud Private alone"},
	} {
		if rule.broken {
			c.found.fail(BadIdentity, path.Child(rule.name), nil, "%s", rule.detail)
		}
	}
}

func (c *checker) oauth2(o *v1alpha1.OAuth2) {
	if o == nil {
		return
	}
	path := spec.Child("oauth2")
	if o.Type != v1alpha1.OAuth2GrantTypeClientCredentials {
		c.found.fail(BadIdentity, path.Child("type"), o.Type, "must be %s", v1alpha1.OAuth2GrantTypeClientCredentials)
	}
	if o.ClientID == "" {
		c.found.fail(BadIdentity, path.Child("clientId"), nil, "must be there")
	}
	if u, err := url.Parse(o.TokenURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		c.found.fail(BadIdentity, path.Child("tokenUrl"), o.TokenURL, "must be a URL of http or https")
	}
}

// reference: a parameter without a name, or a Secret without one, gives nothing, and the CRD does not mind.
func (c *checker) reference(list string, i int, parameter, name, key string) {
	for what, value := range map[string]string{"parameter": parameter, "name": name, "key": key} {
		if value == "" {
			c.found.lack(MissingField, spec.Child(list).Index(i).Child(what), nil, "must not be empty")
		}
	}
}
