package sparkrest

import (
	"context"
)

// Environment is the configuration of the application, secrets redacted (ApplicationEnvironmentInfo). Properties are
// sorted by key.
type Environment struct {
	Runtime           Runtime           `json:"runtime"`
	SparkProperties   []Property        `json:"sparkProperties"`
	HadoopProperties  []Property        `json:"hadoopProperties"`
	SystemProperties  []Property        `json:"systemProperties"`
	MetricsProperties []Property        `json:"metricsProperties,omitzero"`
	ClasspathEntries  []Property        `json:"classpathEntries"`
	ResourceProfiles  []ResourceProfile `json:"resourceProfiles,omitzero"`
}

// Runtime is what the driver runs on.
type Runtime struct {
	JavaVersion  string `json:"javaVersion"`
	JavaHome     string `json:"javaHome"`
	ScalaVersion string `json:"scalaVersion"`
}

// Property is a key and its value.
type Property [2]string

// Key returns the key.
func (p Property) Key() string { return p[0] }

// Value returns the value.
func (p Property) Value() string { return p[1] }

// ResourceProfile is what executors of a profile ask for and what a task takes, by the resource's name
// (ResourceProfileInfo). Profile 0 is the default one.
type ResourceProfile struct {
	ID                int                         `json:"id"`
	ExecutorResources map[string]ExecutorResource `json:"executorResources"`
	TaskResources     map[string]TaskResource     `json:"taskResources"`
}

// ExecutorResource is what an executor asks for of a resource: MiB of memory, a number of others.
type ExecutorResource struct {
	ResourceName    string `json:"resourceName"`
	Amount          int64  `json:"amount"`
	DiscoveryScript string `json:"discoveryScript"`
	Vendor          string `json:"vendor"`
}

// TaskResource is what a task takes of a resource.
type TaskResource struct {
	ResourceName string  `json:"resourceName"`
	Amount       float64 `json:"amount"`
}

// Environment returns the configuration.
func (a *App) Environment(ctx context.Context) (Environment, error) {
	return get[Environment](ctx, a.client, a.at("environment"))
}
