package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/sparkscale/sparkscale/keda/objectscaler"
)

// serve answers until the context ends, or the pod is told to.
func (o *options) serve(ctx context.Context, errs io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	scaler, err := o.scaler(ctx, registry)
	if err != nil {
		return err
	}
	defer scaler.Close()
	certs, err := o.certificates(registry)
	if err != nil {
		return err
	}
	side, err := o.startMetrics(ctx, registry, errs)
	if err != nil {
		return err
	}
	defer side()
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(errs, "objectscaler: answers KEDA on %s\n", l.Addr())
	return objectscaler.Serve(ctx, l, scaler, objectscaler.ServeOptions{Certificates: certs, Drain: o.drain})
}

func (o *options) scaler(ctx context.Context, r prometheus.Registerer) (*objectscaler.Scaler, error) {
	made, err := o.options(ctx)
	if err != nil {
		return nil, err
	}
	return objectscaler.New(o.allow, append(made, objectscaler.WithRegisterer(r))...)
}

// certificates reads them, and tells when the one in force expires and whether the files fit together.
func (o *options) certificates(r prometheus.Registerer) (*objectscaler.Certificates, error) {
	if o.insecure {
		return nil, nil
	}
	certs, err := objectscaler.LoadCertificates(o.certs, nil)
	if err != nil {
		return nil, err
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "objectscaler_certificate_" + name, Help: help}, value)
	}
	return certs, errors.Join(
		r.Register(gauge("not_after_seconds", "When the certificate in force expires, in seconds since 1970.", func() float64 {
			return float64(certs.NotAfter().Unix())
		})),
		r.Register(gauge("failed", "1 where the files of the certificates could not be read the last time.", func() float64 {
			if certs.Err() != nil {
				return 1
			}
			return 0
		})),
	)
}

// startMetrics answers probes and Prometheus: the kubelet speaks no gRPC over TLS. /healthz turns to 503 when the end begins.
func (o *options) startMetrics(ctx context.Context, registry *prometheus.Registry, errs io.Writer) (stop func(), err error) {
	if o.metrics == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", o.metrics)
	if err != nil {
		return nil, err
	}
	var ending atomic.Bool
	context.AfterFunc(ctx, func() { ending.Store(true) })
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if ending.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	_, _ = fmt.Fprintf(errs, "objectscaler: metrics on %s\n", l.Addr())
	return func() { _ = server.Close() }, nil
}
