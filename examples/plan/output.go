package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/workload"
)

// manifest is one file that the plan becomes.
type manifest struct {
	name string
	text []byte
}

type manifests []manifest

// priority is the value of the class that is written: above the default of 0, far below the system's own.
const priority = 1000

// newManifests makes the application, the quota in which it fits, and a priority class for it. Without a manifest to keep
// the application has placeholders for what only its owner knows.
func newManifests(app *sparkapp.App, p *plan.Plan, runs []*workload.Profile) (manifests, error) {
	header := ""
	if app == nil {
		var err error
		if app, err = template(p); err != nil {
			return nil, err
		}
		header = "# image, mainClass and mainApplicationFile are yours to fill in\n"
	}
	changes, err := app.Apply(p.Shape, p.Policy)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		header += "# " + strings.ReplaceAll(c.String(), "\n", " ") + "\n"
	}
	most := p.Then.PeakExecutors
	if p.Policy.Dynamic {
		most = max(most, p.Policy.EffectiveMax())
	}
	limits, err := sparkapp.QuotaFor(p.Driver, p.Pod, most)
	if err != nil {
		return nil, err
	}
	quota, err := sparkapp.Quota(app.Name(), app.Namespace(), limits)
	if err != nil {
		return nil, err
	}
	class, err := sparkapp.Priority(app.Name(), priority, sparkapp.PriorityOptions{Description: "pods of " + app.Name()})
	if err != nil {
		return nil, err
	}
	quotaText, err := sparkapp.YAML(quota)
	if err != nil {
		return nil, err
	}
	classText, err := sparkapp.YAML(class)
	if err != nil {
		return nil, err
	}
	return manifests{
		{"sparkapplication.yaml", append([]byte(header), app.YAML()...)},
		{"resourcequota.yaml", quotaText},
		{"priorityclass.yaml", classText},
	}, nil
}

// template is an application that only lacks what its owner knows.
func template(p *plan.Plan) (*sparkapp.App, error) {
	name := dnsLabel(p.App)
	return sparkapp.New(name, "default",
		sparkapp.Scala(p.Version.String(), "example.Main", "local:///opt/spark/app.jar"),
		sparkapp.Image("spark:"+p.Version.String()),
		sparkapp.Driver(sparkapp.Pod{Cores: int(p.Driver.CPU.Cores()), Memory: p.Driver.Heap, ServiceAccount: "spark", PriorityClass: name}),
		sparkapp.Executor(sparkapp.Pod{PriorityClass: name}),
	)
}

// dnsLabel makes a name that Kubernetes takes: lower-case letters, digits and hyphens, beginning with a letter.
func dnsLabel(name string) string {
	label := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name)
	label = strings.TrimLeft(label, "-0123456789")
	if len(label) > 50 {
		label = label[:50]
	}
	if label = strings.TrimRight(label, "-"); label == "" {
		return "spark-application"
	}
	return label
}

func (m manifests) print(out io.Writer) error {
	for _, file := range m {
		if _, err := fmt.Fprintf(out, "\n--- # %s\n%s", file.name, file.text); err != nil {
			return err
		}
	}
	return nil
}

// write writes all files, or none: each is complete under its name, or was not touched.
func (m manifests) write(dir string, p *plan.Plan) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := append(m, manifest{"plan.json", append(text, '\n')})
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(dir, file.name+".part"), file.text, 0o644); err != nil {
			return err
		}
	}
	for _, file := range files {
		target := filepath.Join(dir, file.name)
		if err := os.Rename(target+".part", target); err != nil {
			return err
		}
	}
	return nil
}
