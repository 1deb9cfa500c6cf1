package spark

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/sparkrest"
)

// homes are the releases of Spark to test with.
func homes(t *testing.T) []string {
	list := filepath.SplitList(os.Getenv("SPARKSCALE_SPARK_HOMES"))
	if len(list) == 0 {
		t.Skip("SKIPPED-DATA: no Spark; set SPARKSCALE_SPARK_HOMES to its folders (fetch.sh fetches some)")
	}
	if _, err := exec.LookPath("java"); err != nil {
		t.Skip("SKIPPED-DATA: no java in the path")
	}
	return list
}

// recordings is the folder of recorded runs with their index, or the test is skipped.
func recordings(t *testing.T) (dir string, runs []struct{ Path, Eventlog string }) {
	data := os.Getenv("SPARKSCALE_DATA")
	if data == "" {
		data = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir = filepath.Join(data, "recordings")
	text, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		t.Skipf("SKIPPED-DATA: no %s; set SPARKSCALE_DATA to the folder that holds the conformance data", dir)
	}
	require.NoError(t, json.Unmarshal(text, &runs))
	return dir, runs
}

// gather copies the event logs into one folder, as a History Server wants them, and returns how many there are.
func gather(t *testing.T, to string) int {
	dir, runs := recordings(t)
	n := 0
	for _, run := range runs {
		logs, err := filepath.Glob(filepath.Join(dir, run.Path, "eventlog*"))
		require.NoError(t, err)
		for _, log := range logs {
			name := filepath.Base(log)
			if !strings.HasPrefix(name, "eventlog_v2_") {
				name = strings.ReplaceAll(run.Path, "/", "-") + strings.TrimPrefix(name, "eventlog")
			}
			copyTree(t, log, filepath.Join(to, name))
			n++
		}
	}
	return n
}

func copyTree(t *testing.T, from, to string) {
	require.NoError(t, filepath.WalkDir(from, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(file, from))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		body, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(target, body, 0o644)
	}))
}

// freePort is a port of loopback that nobody listened on a moment ago.
func freePort(t *testing.T) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

// start runs a program of Spark, and all that it starts, until the test ends. Its output is in a file of the test's.
func start(t *testing.T, home string, stdin io.Reader, name string, args ...string) {
	t.Helper()
	output, err := os.Create(filepath.Join(t.TempDir(), "output"))
	require.NoError(t, err)
	command := exec.Command(name, args...)
	command.Dir, command.Stdin, command.Stdout, command.Stderr = t.TempDir(), stdin, output, output
	command.Env = append(os.Environ(), "SPARK_HOME="+home, "SPARK_LOCAL_IP=127.0.0.1")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		_ = command.Wait()
		if text, err := os.ReadFile(output.Name()); err == nil && t.Failed() {
			t.Logf("the end of its output: %s", text[max(0, len(text)-3000):])
		}
		_ = output.Close()
	})
}

// opens are what Spark's own scripts open of Java 17.
func opens() (flags []string) {
	for _, part := range []string{"java.lang", "java.lang.invoke", "java.nio", "java.util", "java.util.concurrent", "sun.nio.ch", "sun.security.action"} {
		flags = append(flags, "--add-opens=java.base/"+part+"=ALL-UNNAMED")
	}
	return flags
}

// historyServer starts one over a folder of event logs.
func historyServer(t *testing.T, home, logs string) *sparkrest.Client {
	port := freePort(t)
	args := append(opens(), "-Xmx1g", "-cp", filepath.Join(home, "jars", "*"), "-Dspark.history.fs.logDirectory=file:"+logs,
		fmt.Sprintf("-Dspark.history.ui.port=%d", port), "org.apache.spark.deploy.history.HistoryServer")
	start(t, home, nil, "java", args...)
	return patient(t, port)
}

// driver starts a shell with two executors and dynamic allocation, which runs a program.
func driver(t *testing.T, home, program string) *sparkrest.Client {
	port := freePort(t)
	start(t, home, strings.NewReader(program), filepath.Join(home, "bin", "spark-shell"), "--master", "local-cluster[2,2,512]",
		"--name", `live "quoted" app`, "--driver-memory", "700m", "--conf", "spark.executor.memory=512m", "--conf", fmt.Sprintf("spark.ui.port=%d", port),
		"--conf", "spark.executor.cores=2", "--conf", "spark.dynamicAllocation.enabled=true", "--conf", "spark.dynamicAllocation.maxExecutors=2",
		"--conf", "spark.ui.prometheus.enabled=true")
	return patient(t, port)
}

// patient is a client of a server that comes up. A driver of Spark 4.2 answers 404 to everything for a while.
func patient(t *testing.T, port int) *sparkrest.Client {
	t.Helper()
	c, err := sparkrest.New(fmt.Sprintf("http://127.0.0.1:%d", port))
	require.NoError(t, err)
	until(t, "server", func(ctx context.Context) bool {
		_, err := c.Version(ctx)
		return err == nil
	})
	return c
}

// until asks again and again, for at most three minutes.
func until(t *testing.T, what string, done func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for !done(ctx) {
		select {
		case <-ctx.Done():
			t.Fatalf("no %s within three minutes", what)
		case <-time.After(time.Second):
		}
	}
}
