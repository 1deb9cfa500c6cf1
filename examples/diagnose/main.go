// Diagnose says why a Spark application on Kubernetes does not scale up, scales down too eagerly, never lets go, or wastes what
// it holds: each finding with what proves it, what it costs and what helps.
//
//	go run ./examples/diagnose                                  a real run that is built in
//	go run ./examples/diagnose -dir case-4711                   files of kubectl, logs, REST answers and event logs
//	go run ./examples/diagnose -kubeconfig ~/.kube/config -namespace spark -app analytics-job
//	go run ./examples/diagnose -snapshot saved.json -json       a snapshot that -save wrote
//	go run ./examples/diagnose -rules                           what it looks for
//
// Run it with -h for all flags. For pipelines: it ends with status 0 where nothing is as bad as -fail-on, with 3 where something
// is, with 1 where the snapshot could not be gathered, and with 2 on wrong flags.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/sparkscale/sparkscale/diagnose"
	"github.com/sparkscale/sparkscale/examples/internal/cli"
	"github.com/sparkscale/sparkscale/observe"
	"github.com/sparkscale/sparkscale/report"
)

// builtIn is a snapshot of a real run: three executors that hold cached blocks and stay, Spark 3.5.6 on Kubernetes 1.34.
//
//go:embed snapshot.json
var builtIn []byte

func main() { cli.Main(run) }

// options are the flags.
type options struct {
	dir, snapshot              string
	kubeconfig, namespace, app string
	save, failOn               string
	json, rules                bool
}

func (o *options) flags(errs io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("diagnose", flag.ContinueOnError)
	f.SetOutput(errs)
	f.StringVar(&o.dir, "dir", "", "folder of saved files, told apart by what is in them: kubectl get -o yaml, logs, REST answers, event logs")
	f.StringVar(&o.snapshot, "snapshot", "", "snapshot as written by -save")
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig of a live cluster; needs -app")
	f.StringVar(&o.namespace, "namespace", "", "namespace of the application (live: that of the kubeconfig)")
	f.StringVar(&o.app, "app", "", "name of the SparkApplication")
	f.StringVar(&o.save, "save", "", "file to write the snapshot to, for a support case")
	f.StringVar(&o.failOn, "fail-on", "error", "severity from which the status is 3: error, warning, info or never")
	f.BoolVar(&o.json, "json", false, "print the findings as JSON and nothing else")
	f.BoolVar(&o.rules, "rules", false, "list the rules and end")
	return f
}

// usageError is a flag that makes no sense.
type usageError string

func (e usageError) Error() string { return string(e) }

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	o := options{}
	flags := o.flags(errs)
	if err := flags.Parse(args); err != nil {
		return cli.FlagStatus(err)
	}
	if flags.NArg() > 0 {
		_, _ = fmt.Fprintf(errs, "diagnose: unexpected %q; give the folder with -dir\n", flags.Arg(0))
		return 2
	}
	failing, err := o.diagnose(ctx, out)
	var usage usageError
	switch {
	case errors.As(err, &usage):
		_, _ = fmt.Fprintln(errs, "diagnose:", cli.OneLine(err.Error()))
		return 2
	case err != nil:
		_, _ = fmt.Fprintln(errs, "diagnose:", cli.OneLine(err.Error()))
		return 1
	case failing:
		return 3
	}
	return 0
}

func (o *options) diagnose(ctx context.Context, out io.Writer) (failing bool, err error) {
	if err := o.check(); err != nil {
		return false, err
	}
	if o.rules {
		return false, printRules(out)
	}
	s, err := o.gather(ctx)
	if err != nil {
		return false, err
	}
	if err := o.keep(s); err != nil {
		return false, err
	}
	found := diagnose.Run(s, diagnose.Options{})
	if o.json {
		err = printJSON(out, s, found)
	} else {
		err = report.Findings(out, s, found, cli.Options(out))
	}
	return o.fails(found), err
}

func (o *options) check() error {
	sources := 0
	for _, s := range []string{o.dir, o.snapshot, o.kubeconfig} {
		if s != "" {
			sources++
		}
	}
	switch {
	case sources > 1:
		return usageError("-dir, -snapshot and -kubeconfig are one or the other")
	case o.kubeconfig != "" && o.app == "":
		return usageError("-kubeconfig needs -app, the name of the SparkApplication")
	case (o.app != "" || o.namespace != "") && o.dir == "" && o.kubeconfig == "":
		return usageError("-app and -namespace need -dir or -kubeconfig")
	}
	for _, known := range []string{"error", "warning", "info", "never"} {
		if o.failOn == known {
			return nil
		}
	}
	return usageError(fmt.Sprintf("-fail-on %q: error, warning, info or never", o.failOn))
}

func (o *options) gather(ctx context.Context) (*diagnose.Snapshot, error) {
	switch {
	case o.dir != "":
		return observe.Dir(ctx, o.dir, observe.WithApp(o.namespace, o.app))
	case o.kubeconfig != "":
		return o.live(ctx)
	case o.snapshot != "":
		f, err := os.Open(o.snapshot)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		return diagnose.Load(f)
	}
	return diagnose.Load(bytes.NewReader(builtIn))
}

func (o *options) live(ctx context.Context) (*diagnose.Snapshot, error) {
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(&clientcmd.ClientConfigLoadingRules{ExplicitPath: o.kubeconfig}, nil)
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	if o.namespace == "" {
		if o.namespace, _, err = loader.Namespace(); err != nil {
			return nil, fmt.Errorf("kubeconfig: %w; name the namespace with -namespace", err)
		}
	}
	return observe.Cluster(config).Snapshot(ctx, types.NamespacedName{Namespace: o.namespace, Name: o.app})
}

// keep writes the snapshot to the file of -save.
func (o *options) keep(s *diagnose.Snapshot) error {
	if o.save == "" {
		return nil
	}
	var b bytes.Buffer
	if err := s.Save(&b); err != nil {
		return err
	}
	return os.WriteFile(o.save, b.Bytes(), 0o600)
}

// fails reports whether a finding is as bad as -fail-on.
func (o *options) fails(found []diagnose.Finding) bool {
	worse := map[string][]diagnose.Severity{
		"error": {diagnose.Error}, "warning": {diagnose.Error, diagnose.Warning}, "info": {diagnose.Error, diagnose.Warning, diagnose.Info},
	}
	for _, f := range found {
		for _, s := range worse[o.failOn] {
			if f.Severity == s {
				return true
			}
		}
	}
	return false
}

// result is the JSON form.
type result struct {
	Schema    string             `json:"schema"`
	Namespace string             `json:"namespace,omitempty"`
	App       string             `json:"app,omitempty"`
	ID        string             `json:"id,omitempty"`
	Health    diagnose.Health    `json:"health"`
	Findings  []diagnose.Finding `json:"findings"`
	Unchecked []diagnose.Skipped `json:"unchecked,omitempty"`
	Gaps      []diagnose.Gap     `json:"gaps,omitempty"`
	Notes     []string           `json:"notes,omitempty"`
}

func printJSON(out io.Writer, s *diagnose.Snapshot, found []diagnose.Finding) error {
	if found == nil {
		found = []diagnose.Finding{}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(result{
		"sparkscale/findings/v1", s.App.Namespace, s.App.Name, s.App.ID, s.Health(), found, diagnose.Unchecked(s), s.Gaps, s.Notes,
	})
}

func printRules(out io.Writer) error {
	for _, r := range diagnose.Rules() {
		if _, err := fmt.Fprintf(out, "%-30s %s\n", r.Code, r.Title); err != nil {
			return err
		}
	}
	return nil
}
