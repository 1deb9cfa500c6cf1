package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sparkscale/sparkscale/examples/internal/cli"
	"github.com/sparkscale/sparkscale/plan"
	"github.com/sparkscale/sparkscale/sizing"
	"github.com/sparkscale/sparkscale/sparkapp"
	"github.com/sparkscale/sparkscale/units"
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
func newManifests(app *sparkapp.App, p *plan.Plan) (manifests, error) {
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
		header += "# " + cli.OneLine(c.String()) + "\n"
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
	quotaText = append([]byte("# just holds this application; a namespace that others use too needs room for them\n"), quotaText...)
	return manifests{
		{"sparkapplication.yaml", append([]byte(header), app.YAML()...)},
		{"resourcequota.yaml", quotaText},
		{"priorityclass.yaml", classText},
	}, nil
}

// template is an application that only lacks what its owner knows.
func template(p *plan.Plan) (*sparkapp.App, error) {
	name := dnsLabel(p.App)
	driver := sparkapp.Pod{
		Cores: max(1, int(p.Driver.CPU.Cores())), Memory: p.Driver.Heap, MemoryOverhead: p.Driver.Overhead, ServiceAccount: "spark", PriorityClass: name,
	}
	if p.Driver.CPU != units.Cores(driver.Cores) {
		driver.CoreRequest = p.Driver.CPU
	}
	return sparkapp.New(name, "default", language(p), sparkapp.Image("spark:"+p.Version.String()),
		sparkapp.Driver(driver), sparkapp.Executor(sparkapp.Pod{PriorityClass: name}))
}

// language is a placeholder in the language of the run.
func language(p *plan.Plan) sparkapp.Option {
	switch p.Shape.Language {
	case sizing.Python:
		return sparkapp.Python(p.Version.String(), "local:///opt/spark/app.py")
	case sizing.R:
		return sparkapp.R(p.Version.String(), "local:///opt/spark/app.R")
	}
	return sparkapp.Scala(p.Version.String(), "example.Main", "local:///opt/spark/app.jar")
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

// write writes the manifests and the plan.
func (m manifests) write(dir string, p *plan.Plan) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return append(m, manifest{"plan.json", append(text, '\n')}).replace(dir)
}

// replace writes all files beside their targets first, so that nothing is replaced unless all could be written.
func (m manifests) replace(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	parts := make([]string, len(m))
	defer func() {
		for _, part := range parts {
			_ = os.Remove(part) // what was renamed is not there any more
		}
	}()
	var err error
	for i, file := range m {
		if info, err := os.Lstat(filepath.Join(dir, file.name)); err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("%s: it is there and no regular file", filepath.Join(dir, file.name))
		}
		if parts[i], err = file.part(dir); err != nil {
			return err
		}
	}
	for i, file := range m {
		if err := os.Rename(parts[i], filepath.Join(dir, file.name)); err != nil {
			return err
		}
	}
	return nil
}

// part writes the file under a name that nobody has, and returns it.
func (f manifest) part(dir string) (name string, err error) {
	file, err := os.CreateTemp(dir, f.name+".*.part")
	if err != nil {
		return "", err
	}
	_, err = file.Write(f.text)
	return file.Name(), errors.Join(err, file.Chmod(0o644), file.Close())
}
