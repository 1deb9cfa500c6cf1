package objectscaler

import (
	"context"
	"net"
	"time"

	pb "github.com/kedacore/keda/v2/pkg/scalers/externalscaler"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// ServeOptions change [Serve].
type ServeOptions struct {
	// Certificates are the server's; nil serves in the clear, which is for tests and for a mesh that encrypts by itself.
	Certificates *Certificates
	// Drain is how long calls that run are waited for at the end; 0 means 10 s.
	Drain time.Duration
}

// The bounds of what a client may send.
const (
	maxMessage = 64 << 10 // bytes; metadata is far smaller
	maxStreams = 1000     // calls at once over one connection
)

// Serve answers on the listener until the context ends, beside the scaler with the health service of gRPC. Then health turns to
// NOT_SERVING, streams end, calls that run are waited for, and the scaler is closed. It returns nil then, else what
// the listener says.
func Serve(ctx context.Context, l net.Listener, s *Scaler, o ServeOptions) error {
	options := []grpc.ServerOption{grpc.MaxRecvMsgSize(maxMessage), grpc.MaxConcurrentStreams(maxStreams)}
	if o.Certificates != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(o.Certificates.Config())))
	}
	server, state := grpc.NewServer(options...), health.NewServer()
	pb.RegisterExternalScalerServer(server, s)
	healthpb.RegisterHealthServer(server, healthServer{state, s.ending})
	state.SetServingStatus(pb.ExternalScaler_ServiceDesc.ServiceName, healthpb.HealthCheckResponse_SERVING)

	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		s.Close()
		return err
	case <-ctx.Done():
	}
	state.Shutdown()
	drain(server, s, o.Drain)
	return <-ended
}

// DefaultDrain is how long calls that run are waited for at the end.
const DefaultDrain = 10 * time.Second

func drain(server *grpc.Server, s *Scaler, patience time.Duration) {
	if patience <= 0 {
		patience = DefaultDrain
	}
	impatient := time.AfterFunc(patience, server.Stop)
	defer impatient.Stop()
	s.endStreams()
	server.GracefulStop()
	s.Close()
}

// healthServer ends those who watch the health when the scaler ends: to wait for them would be to wait for ever.
type healthServer struct {
	*health.Server
	ending <-chan struct{}
}

// Watch implements the health service.
func (h healthServer) Watch(r *healthpb.HealthCheckRequest, stream grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	go func() {
		select {
		case <-h.ending:
			cancel()
		case <-ctx.Done():
		}
	}()
	return h.Server.Watch(r, watched{stream, ctx})
}

type watched struct {
	grpc.ServerStreamingServer[healthpb.HealthCheckResponse]
	ctx context.Context
}

func (w watched) Context() context.Context { return w.ctx }
