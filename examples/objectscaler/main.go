// Objectscaler answers KEDA how many objects wait under a prefix, in S3, Google Cloud Storage, Azure Blob Storage or a folder.
//
//	objectscaler -allow s3://spark-input-data/pending/ -tls-cert tls.crt -tls-key tls.key -client-ca ca.crt
//	objectscaler -allow file:///data -insecure -listen localhost:9443
//	objectscaler -allow s3://spark-input-data/pending/ -manifests -image registry/objectscaler:1
//
// Run it with -h for all flags. It ends with status 0 when it is told to, 1 on an error, and 2 on wrong flags.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	_ "gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/gcsblob"
	_ "gocloud.dev/blob/s3blob"

	"github.com/sparkscale/sparkscale/examples/internal/cli"
	"github.com/sparkscale/sparkscale/keda/objectscaler"
)

func main() { cli.Main(run) }

// options are the flags.
type options struct {
	listen, metrics   string
	allow             []string
	stores            []string
	plans             []string
	certs             objectscaler.CertificateFiles
	insecure          bool
	interval, timeout time.Duration
	drain             time.Duration
	limit             int64
	listings          int

	manifests bool
	deploy    deployment
	given     []string // the flags as they were given, but for those of the manifests
}

// texts is a flag that can be given several times.
func texts(f *flag.FlagSet, to *[]string, name, usage string) {
	f.Func(name, usage, func(text string) error {
		*to = append(*to, text)
		return nil
	})
}

func (o *options) flags(errs io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("objectscaler", flag.ContinueOnError)
	f.SetOutput(errs)
	f.StringVar(&o.listen, "listen", ":9443", "address for KEDA")
	f.StringVar(&o.metrics, "metrics", ":9090", "address for /metrics and /healthz, in the clear; empty for none")
	texts(f, &o.allow, "allow", "what may be listed: s3://bucket, gs://bucket/prefix, azblob://team-*, file:///folder; several times")
	texts(f, &o.stores, "store", "parameters of a provider's URLs as gocloud.dev has them, for example 's3?endpoint=http://minio:9000&use_path_style=true'")
	texts(f, &o.plans, "plan", "for metric planned: name=plan.json,eventlog or name=plan.json,eventlog,objects with how many objects the run took; several times")
	f.StringVar(&o.certs.Cert, "tls-cert", "", "certificate of the server, PEM")
	f.StringVar(&o.certs.Key, "tls-key", "", "its private key, PEM")
	f.StringVar(&o.certs.ClientCA, "client-ca", "", "authorities that sign the certificates of clients, PEM; empty lets in every client")
	f.BoolVar(&o.insecure, "insecure", false, "serve in the clear")
	f.DurationVar(&o.interval, "interval", objectscaler.DefaultInterval, "for how long a listing answers: KEDA's polling interval")
	f.DurationVar(&o.timeout, "timeout", objectscaler.DefaultTimeout, "longest time of a listing; longer is an error to KEDA")
	f.DurationVar(&o.drain, "drain", objectscaler.DefaultDrain, "how long calls that run are waited for at the end")
	f.Int64Var(&o.limit, "limit", objectscaler.DefaultLimit, "most objects of a listing; more are an error to KEDA")
	f.IntVar(&o.listings, "listings", objectscaler.DefaultListings, "listings at once")
	f.BoolVar(&o.manifests, "manifests", false, "print the ServiceAccount, Service and Deployment that run the program with these flags, and end")
	o.deploy.flags(f)
	return f
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	o := options{}
	flags := o.flags(errs)
	if err := flags.Parse(args); err != nil {
		return cli.FlagStatus(err)
	}
	o.given = given(flags, args)
	err := o.check(flags.Args())
	switch {
	case err != nil:
	case o.manifests:
		err = o.deploy.print(out, o.given, o.insecure)
	default:
		err = o.serve(ctx, errs)
	}
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		_, _ = fmt.Fprintln(errs, "objectscaler:", cli.OneLine(err.Error()))
		return 2
	}
	_, _ = fmt.Fprintln(errs, "objectscaler:", cli.OneLine(strings.TrimPrefix(err.Error(), "objectscaler: ")))
	return 1
}

// usageError is a flag that makes no sense.
type usageError string

func (e usageError) Error() string { return string(e) }

func (o *options) check(rest []string) error {
	switch tls := o.certs.Cert != "" && o.certs.Key != ""; {
	case len(rest) > 0:
		return usageError(fmt.Sprintf("unexpected %q", rest[0]))
	case len(o.allow) == 0:
		return usageError("name with -allow what may be listed")
	case o.insecure && o.certs != (objectscaler.CertificateFiles{}):
		return usageError("-insecure and certificates exclude each other")
	case o.manifests && o.certs != (objectscaler.CertificateFiles{}):
		return usageError("-manifests mounts the certificates from -tls-secret; leave out -tls-cert, -tls-key and -client-ca")
	case !tls && !o.insecure && !o.manifests:
		return usageError("give -tls-cert and -tls-key, or -insecure")
	}
	return o.deploy.check(o.manifests)
}

// options makes those of the scaler.
func (o *options) options(ctx context.Context) ([]objectscaler.Option, error) {
	made := []objectscaler.Option{
		objectscaler.WithInterval(o.interval), objectscaler.WithTimeout(o.timeout), objectscaler.WithLimit(o.limit), objectscaler.WithListings(o.listings),
	}
	for _, text := range o.stores {
		provider, query, _ := strings.Cut(text, "?")
		values, err := url.ParseQuery(query)
		if err != nil {
			return nil, usageError(fmt.Sprintf("-store: the parameters of %s cannot be read", provider))
		}
		made = append(made, objectscaler.WithParameters(objectscaler.Provider(provider), values))
	}
	for _, text := range o.plans {
		option, err := workOf(ctx, text)
		if err != nil {
			return nil, err
		}
		made = append(made, option)
	}
	return made, nil
}
