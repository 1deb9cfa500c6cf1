// Package schema is KEDA's own list of what each trigger may be told: the parameters of every scaler with their types, defaults,
// allowed values, and where KEDA reads them. The table is generated; Source names the release it was taken from.
//
// What the list does not carry: what a scaler checks beside single parameters (that start and end of a cron differ, say), and
// parameters that a scaler reads without declaring them, which [Scaler.Reads] adds from the code.
package schema

//go:generate go run ./generate -out table.go

import (
	"slices"
	"strings"
)

// Kind is how KEDA reads the text of a parameter (pkg/scalers/scalersconfig/typed_config.go).
type Kind uint8

// The kinds.
const (
	// Text is taken as it is.
	Text Kind = iota
	// Int is a whole number, as JSON has them.
	Int
	// Float is a number, as JSON has them.
	Float
	// Bool is what strconv.ParseBool reads.
	Bool
	// Time is a duration ("30s"), or a bare number of milliseconds; not negative.
	Time
	// List is texts between separators.
	List
	// Ints is whole numbers between separators.
	Ints
	// Map is pairs key=value between separators.
	Map
	// Query is the query of a URL.
	Query
)

// Place is a set of where KEDA looks for a parameter.
type Place uint8

// The places.
const (
	// Metadata is the metadata of the trigger.
	Metadata Place = 1 << iota
	// Env is the environment of the target's container, by the key with the suffix FromEnv.
	Env
	// Auth is what a TriggerAuthentication gives.
	Auth
)

// Param is one parameter of a scaler.
type Param struct {
	Name string
	// Also are other names for the same value.
	Also []string
	Kind Kind
	From Place
	// Optional parameters may be missing; so may those with a Default.
	Optional bool
	Default  string
	// Allowed are the only values, where there are any; of a list, of its items.
	Allowed []string
	// Exclusive are values of which a list may have only one.
	Exclusive []string
	// Separator of lists and maps; empty is a comma. Range stands between the ends of a range of whole numbers.
	Separator, Range string
	// Removed says why KEDA refuses the parameter.
	Removed string
	// Fading says why KEDA advises against it.
	Fading string
}

// Scaler is one type of trigger.
type Scaler struct {
	Type   string
	Params []Param
}

// Lookup finds the scaler of a trigger type.
func Lookup(kind string) (Scaler, bool) {
	i, ok := slices.BinarySearchFunc(scalers, kind, func(s Scaler, kind string) int { return strings.Compare(s.Type, kind) })
	if !ok {
		return Scaler{}, false
	}
	return scalers[i], true
}

// Types lists the types of trigger that KEDA has, sorted.
func Types() []string {
	types := make([]string, len(scalers))
	for i, s := range scalers {
		types[i] = s.Type
	}
	return types
}

// Open reports whether the scaler passes on keys that it does not know, to the user's own server.
func (s Scaler) Open() bool { return s.Type == "external" || s.Type == "external-push" }

// Reads reports whether KEDA reads the key of a trigger's metadata: a parameter, one FromEnv, or one that the scaler's code looks
// up without declaring it.
func (s Scaler) Reads(key string) bool {
	return s.Open() || slices.Contains(s.Keys(), key)
}

// Keys lists all keys of metadata that KEDA reads, sorted.
func (s Scaler) Keys() []string {
	keys := s.undeclared()
	for _, p := range s.Params {
		if p.From&Metadata != 0 {
			keys = append(keys, p.Name)
		}
		if p.From&Env != 0 {
			keys = append(keys, p.Name+"FromEnv")
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// undeclared are keys that code reads beside the declared parameters: pkg/scalers/aws/aws_common.go, gcp/gcp_common.go,
// azure/azure_cloud_environment.go and datadog_scaler.go of KEDA 2.21.0.
func (s Scaler) undeclared() (keys []string) {
	every := s.Type == "prometheus"
	if every || strings.HasPrefix(s.Type, "aws-") || strings.HasSuffix(s.Type, "kafka") {
		keys = append(keys, "identityOwner", "awsAccessKeyID", "awsAccessKeyIDFromEnv", "awsSecretAccessKeyFromEnv")
	}
	if every || strings.HasPrefix(s.Type, "gcp-") {
		keys = append(keys, "credentialsFromEnv", "credentialsFromEnvFile")
	}
	if every || strings.HasPrefix(s.Type, "azure-") {
		keys = append(keys, "cloud", "endpointSuffix", "activeDirectoryEndpoint", "azureResourceManagerEndpoint",
			"logAnalyticsResourceURL", "azureDataExplorerEndpoint", "azureManagedPrometheusResourceURL", "storageEndpointSuffix")
	}
	if s.Type == "datadog" {
		keys = append(keys, "type")
	}
	return keys
}

// Param finds a parameter by any of its names.
func (s Scaler) Param(name string) (Param, bool) {
	i := slices.IndexFunc(s.Params, func(p Param) bool { return p.Name == name || slices.Contains(p.Also, name) })
	if i < 0 {
		return Param{}, false
	}
	return s.Params[i], true
}

// AuthKeys lists the parameters that KEDA reads from a TriggerAuthentication alone.
func (s Scaler) AuthKeys() (keys []string) {
	for _, p := range s.Params {
		if p.From == Auth {
			keys = append(keys, p.Name)
		}
	}
	return keys
}
