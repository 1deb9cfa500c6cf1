package eventlog_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sparkscale/sparkscale/eventlog"
)

// job is a line of a job, so that parts can be told apart.
func job(id string) string {
	return `{"Event":"SparkListenerJobStart","Job ID":` + id + `,"Submission Time":2000,"Stage IDs":[]}` + "\n"
}

// found lists the names of the logs in a folder of these files, or the error.
func found(t *testing.T, files map[string]string) (root string, names []string, err error) {
	t.Helper()
	root = write(t, files)
	logs, err := eventlog.Find(root)
	for _, log := range logs {
		name, below := strings.CutPrefix(log.Name, filepath.ToSlash(root))
		require.True(t, below, log.Name)
		names = append(names, name)
	}
	return root, names, err
}

func TestFind(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"beside other files": {map[string]string{
			"app-1": smallLog, "README.md": "# x", "picture": png, "data.parquet": "PAR1xx", "empty": "", "x.tar.gz": gzipped(t, "tar"), ".app-1.crc": smallLog,
			".hidden/app-9": smallLog, "app.jar": zipped(t, "app-8", smallLog), "driver.log": "26/01/01 INFO x\n{\"ts\":1,\"msg\":\"Event\"}\n", "cut.gz": gzipped(t, smallLog)[:5],
			"cut.zst": zstded(t, smallLog)[:9], "a.zip": zipped(t, "notes.txt", "x"), "noise": noise(100), "events_2024_01.csv": "a,b\n", "events_2024_02.parquet": "PAR1",
		}, []string{"/app-1"}},
		"several": {map[string]string{"b": smallLog, "a.inprogress": smallLog, "c/d/e": gzipped(t, smallLog)}, []string{"/a.inprogress", "/b", "/c/d/e"}},
		"rolling": {map[string]string{
			"eventlog_v2_x/appstatus_x.inprogress": "", "eventlog_v2_x/events_1_x": job("1"), "eventlog_v2_x/events_2_x": job("2"), "eventlog_v2_x/.events_1_x.crc": "c",
			"eventlog_v2_y/events_1_y.zstd": zstded(t, job("1")),
		}, []string{"/eventlog_v2_x", "/eventlog_v2_y"}},
		"rolling logs in one folder": {map[string]string{
			"events_1_x.zstd": zstded(t, job("1")), "events_1_y": job("1"), "events_2_x.zstd": zstded(t, job("2")), "app-3": smallLog,
		}, []string{"/app-3", "/events_1_x.zstd", "/events_1_y"}},
		"databricks": {map[string]string{
			"r/eventlog": job("3"), "r/eventlog-2021-06-14--20-00.gz": gzipped(t, job("2")), "r/eventlog-2021-06-14--18-00.gz": gzipped(t, job("1")), "r/stdout": "x", "s/eventlog": smallLog,
		}, []string{"/r", "/s/eventlog"}},
		"zips": {map[string]string{
			"one.zip": zipped(t, "app-1", smallLog), "attempts": zipped(t, "app_2", smallLog, "app_1", smallLog),
			"rolling.zip": zipped(t, "eventlog_v2_x/", "", "eventlog_v2_x/appstatus_x", "", "eventlog_v2_x/events_2_x", job("2"), "eventlog_v2_x/events_1_x", job("1")),
			"empty.zip":   zipped(t), "beside.zip": zipped(t, "README", "x", "app-7.zstd", zstded(t, smallLog), "__MACOSX/._app-7", smallLog),
		}, []string{"/attempts/app_1", "/attempts/app_2", "/beside.zip/app-7.zstd", "/one.zip/app-1", "/rolling.zip/eventlog_v2_x"}},
		"bad beginning":   {map[string]string{"app-1": "half a line\"}\n" + smallLog, "bom": "\ufeff" + smallLog, "blank": "\n \n" + smallLog}, []string{"/app-1", "/blank", "/bom"}},
		"names that lie":  {map[string]string{"app-1.zstd": smallLog, "app-2.lz4": gzipped(t, smallLog), "app-3": zstded(t, smallLog), "app-4.txt": smallLog}, []string{"/app-1.zstd", "/app-2.lz4", "/app-3", "/app-4.txt"}},
		"very long names": {map[string]string{strings.Repeat("n", 250): smallLog, strings.Repeat("d/", 300) + "app": smallLog}, []string{"/" + strings.Repeat("d/", 300) + "app", "/" + strings.Repeat("n", 250)}},
	} {
		t.Run(name, func(t *testing.T) {
			root, names, err := found(t, c.files)
			require.NoError(t, err)
			assert.Equal(t, c.want, names)
			logs, err := eventlog.Find(root)
			require.NoError(t, err)
			for _, log := range logs {
				p, err := log.Read(context.Background())
				require.NoError(t, err)
				assert.NotZero(t, p.Totals.JobsStarted, log.Name)
				assert.Equal(t, log.Name, p.Coverage.Source)
			}
			_, err = eventlog.ReadFile(context.Background(), root)
			if len(names) == 1 {
				require.NoError(t, err)
				return
			}
			var several *eventlog.SeveralError
			require.ErrorAs(t, err, &several)
			assert.Len(t, several.Names, len(names))
			assert.Equal(t, root, several.Path)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestNothingFound(t *testing.T) {
	root, _, err := found(t, map[string]string{"a": "x", "b/c": png, "d/": "", "e.zip": zipped(t)})
	assertError(t, err, eventlog.ErrNoLogs, root+": folder of 5 files")
	root, _, err = found(t, map[string]string{"eventlog_v2_x/appstatus_x": ""})
	assertError(t, err, eventlog.ErrNoLogs, root)
	root, _, err = found(t, map[string]string{"app-1": smallLog, "b.zip": zipped(t, "app-1", smallLog)[:80]})
	assertError(t, err, eventlog.ErrTruncated, root+"/b.zip: ", "zip")
}

func TestLinks(t *testing.T) {
	root := write(t, map[string]string{"real/app-1": smallLog, "runs/": ""})
	link := func(to, name string) { require.NoError(t, os.Symlink(to, filepath.Join(root, "runs", name))) }
	link("../real/app-1", "linked")
	link("missing", "dangling")
	link("circle", "circle")
	link("..", "up")
	link("../real", "folder")
	logs, err := eventlog.Find(filepath.Join(root, "runs"))
	require.NoError(t, err)
	require.Len(t, logs, 1, "links to folders are not followed")
	assert.Equal(t, filepath.Join(root, "runs", "linked"), logs[0].Name)

	for name, ok := range map[string]bool{"linked": true, "folder": true, "dangling": false, "circle": false} {
		path := filepath.Join(root, "runs", name)
		_, err := eventlog.ReadFile(context.Background(), path)
		if ok {
			assert.NoError(t, err, name)
			continue
		}
		assertError(t, err, nil, path+": ")
	}
}

func TestSeveral(t *testing.T) {
	files := map[string]string{}
	for _, name := range strings.Split("abcdefg", "") {
		files[name] = smallLog
	}
	root := write(t, files)
	_, err := eventlog.ReadFile(context.Background(), root)
	assertError(t, err, nil, root+" holds 7 logs: "+root+"/a, ", " and 2 more", "Find")
	assert.NotContains(t, err.Error(), root+"/f")
}

// jobs reads the log at a path and lists its jobs in the order of the log.
func jobs(t *testing.T, path string, opts ...eventlog.Option) (ids []int, cut string) {
	t.Helper()
	p, err := eventlog.ReadFile(context.Background(), path, opts...)
	require.NoError(t, err)
	for _, j := range p.Jobs {
		ids = append(ids, j.ID)
	}
	return ids, p.Coverage.Cut
}

func TestRolling(t *testing.T) {
	files := map[string]string{}
	for i, id := range strings.Split("1 2 3 4 5 6 7 8 9 10 11", " ") {
		files["events_"+id+"_x.zstd"] = zstded(t, job(id), job("10"+id))
		if i%2 == 0 {
			files["events_"+id+"_x.zstd"] = gzipped(t, job(id)+job("10"+id))
		}
	}
	root := write(t, files)
	ids, cut := jobs(t, root)
	assert.Equal(t, []int{1, 101, 2, 102, 3, 103, 4, 104, 5, 105, 6, 106, 7, 107, 8, 108, 9, 109, 10, 1010, 11, 1011}, ids, "by number, not by name")
	assert.Empty(t, cut)

	middle := filepath.Join(root, "events_6_x.zstd")
	require.NoError(t, os.WriteFile(middle, []byte(files["events_6_x.zstd"])[:len(files["events_6_x.zstd"])-5], 0o600))
	ids, cut = jobs(t, root)
	assert.Len(t, ids, 21, "the other parts are read on")
	assert.Contains(t, cut, middle+": the rest after line 1 is lost")
	_, err := eventlog.ReadFile(context.Background(), root, eventlog.WithStrict())
	assertError(t, err, eventlog.ErrTruncated, middle+":2: ", "WithStrict")

	require.NoError(t, os.WriteFile(middle, []byte(job("6")+job("7")[:20]), 0o600))
	ids, cut = jobs(t, root)
	assert.Len(t, ids, 21)
	assert.Equal(t, middle+": the log ends in the middle of line 2", cut)
	_, err = eventlog.ReadFile(context.Background(), root, eventlog.WithStrict())
	assertError(t, err, eventlog.ErrTruncated, middle+":2: ", "WithStrict")

	for _, id := range []string{"1", "6", "7"} {
		require.NoError(t, os.Remove(filepath.Join(root, "events_"+id+"_x.zstd")))
	}
	ids, cut = jobs(t, root)
	assert.Len(t, ids, 16)
	assert.Equal(t, "parts are missing from the rolling log: 1, 6, 7", cut)
	_, err = eventlog.ReadFile(context.Background(), root, eventlog.WithStrict())
	assertError(t, err, eventlog.ErrTruncated, root+": parts are missing", "WithStrict")

	one, err := eventlog.ReadFile(context.Background(), filepath.Join(root, "events_9_x.zstd"))
	require.NoError(t, err)
	assert.Len(t, one.Jobs, 2)
	assert.Contains(t, strings.Join(one.Coverage.Notes, "\n"), "folder holds the whole log")
}

// TestPartWithoutContent is a part of which nothing is left.
func TestPartWithoutContent(t *testing.T) {
	for _, content := range []string{"", png, zstded(t, job("2"))[:9]} {
		root := write(t, map[string]string{"eventlog_v2_x/events_1_x": job("1"), "eventlog_v2_x/events_2_x": content, "eventlog_v2_x/events_3_x": job("3")})
		p, err := eventlog.ReadFile(context.Background(), root)
		switch content {
		case "":
			require.NoError(t, err)
			assert.Len(t, p.Jobs, 2)
		case png:
			assertError(t, err, eventlog.ErrUnsupportedCodec, root+"/eventlog_v2_x/events_2_x: ")
		default:
			require.NoError(t, err)
			assert.Contains(t, p.Coverage.Cut, root+"/eventlog_v2_x/events_2_x: the rest after line 0 is lost")
		}
	}
	root := write(t, map[string]string{"events_1_x": job("1"), "events_2_x": png, "events_3_x": job("3")})
	_, cut := jobs(t, root)
	assert.Equal(t, "parts are missing from the rolling log: 2", cut)
}

func TestPartTwice(t *testing.T) {
	for _, files := range []map[string]string{
		{"events_1_x": job("1"), "events_1_x.zstd": zstded(t, job("1")), "events_2_x": job("2")},
		{"eventlog-2021-06-14--20-00": job("1"), "eventlog-2021-06-14--20-00.gz": gzipped(t, job("1")), "eventlog": job("2")},
	} {
		root := write(t, files)
		_, err := eventlog.ReadFile(context.Background(), root)
		assertError(t, err, nil, root+": part ", "is there twice, as event", "keep one")
	}
}

func TestCompacted(t *testing.T) {
	root := write(t, map[string]string{"events_2_x.zstd.compact": zstded(t, job("1")), "events_3_x.zstd": zstded(t, job("2"))})
	for _, path := range []string{root, filepath.Join(root, "events_2_x.zstd.compact")} {
		for _, opts := range [][]eventlog.Option{nil, {eventlog.WithStrict()}} {
			p, err := eventlog.ReadFile(context.Background(), path, opts...)
			assertError(t, err, eventlog.ErrCompacted, root+"/events_2_x.zstd.compact: ", "maxFilesToRetain")
			assert.Nil(t, p)
		}
	}
	_, err := eventlog.Read(context.Background(), "s3://b/events_2_x.compact", strings.NewReader(job("1")))
	assertError(t, err, eventlog.ErrCompacted, "s3://b/events_2_x.compact: ")
	logs, err := eventlog.Find(root)
	require.NoError(t, err, "it is found, and refused when it is read")
	assert.Len(t, logs, 1)
}

func TestDatabricks(t *testing.T) {
	closed := map[string]string{
		"eventlog-2021-06-14--20-00.gz": gzipped(t, job("3")), "eventlog-2021-06-14--18-00.gz": gzipped(t, job("2")), "eventlog-2021-05-30--23-00.gz": gzipped(t, job("1")), "stderr": "x",
	}
	root := write(t, closed)
	ids, _ := jobs(t, root)
	assert.Equal(t, []int{1, 2, 3}, ids, "without the open tail")
	require.NoError(t, os.WriteFile(filepath.Join(root, "eventlog"), []byte(job("4")), 0o600))
	ids, _ = jobs(t, root)
	assert.Equal(t, []int{1, 2, 3, 4}, ids)
	p, err := eventlog.ReadFile(context.Background(), root)
	require.NoError(t, err)
	assert.Equal(t, []string{"gzip", "plain"}, p.Coverage.Codecs)
	ids, _ = jobs(t, filepath.Join(root, "eventlog"))
	assert.Equal(t, []int{4}, ids)
}

func TestZipCodecs(t *testing.T) {
	root := write(t, map[string]string{"plain.zip": zipped(t, "app", smallLog), "both.zip": zipped(t, "app", zstded(t, smallLog))})
	for name, codecs := range map[string][]string{"plain.zip": {"zip"}, "both.zip": {"zip", "zstd"}} {
		p, err := eventlog.ReadFile(context.Background(), filepath.Join(root, name))
		require.NoError(t, err)
		assert.Equal(t, codecs, p.Coverage.Codecs)
	}
}

// TestZipChanged replaces a zip between finding and reading.
func TestZipChanged(t *testing.T) {
	path := filepath.Join(write(t, map[string]string{"a.zip": zipped(t, "app-1", smallLog, "app-2", smallLog)}), "a.zip")
	logs, err := eventlog.Find(path)
	require.NoError(t, err)
	require.Len(t, logs, 2)
	for _, content := range []string{zipped(t, "app-1", smallLog), zipped(t, "app-2", smallLog, "app-1", smallLog), "", png} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err = logs[1].Read(context.Background())
		assertError(t, err, nil, path+"/app-2: ")
	}
	require.NoError(t, os.Remove(path))
	_, err = logs[0].Read(context.Background())
	assertError(t, err, os.ErrNotExist, path+"/app-1: ")
}

func TestFindFS(t *testing.T) {
	fsys := fstest.MapFS{"runs/app-1": {Data: []byte(smallLog)}, "runs/b.zip": {Data: []byte(zipped(t, "app-2", smallLog))}, "x": {Data: []byte("x")}}
	for name, want := range map[string][]string{".": {"runs/app-1", "runs/b.zip/app-2"}, "runs": {"runs/app-1", "runs/b.zip/app-2"}, "runs/app-1": {"runs/app-1"}} {
		logs, err := eventlog.FindFS(fsys, name)
		require.NoError(t, err)
		var names []string
		for _, log := range logs {
			names = append(names, log.Name)
			_, err := log.Read(context.Background(), eventlog.WithStrict())
			require.NoError(t, err)
		}
		assert.Equal(t, want, names)
	}
	for _, name := range []string{"", "..", "/", "../x", "runs/"} {
		_, err := eventlog.FindFS(fsys, name)
		assertError(t, err, nil, cmp.Or(name, `""`)+": ")
	}
}

// TestConcurrent reads the same logs from several goroutines.
func TestConcurrent(t *testing.T) {
	root := write(t, map[string]string{"eventlog_v2_x/events_1_x": job("1"), "eventlog_v2_x/events_2_x": job("2"), "a.zip": zipped(t, "app", zstded(t, smallLog))})
	logs, err := eventlog.Find(root)
	require.NoError(t, err)
	require.Len(t, logs, 2)
	var group sync.WaitGroup
	for range 4 {
		for _, log := range logs {
			group.Go(func() {
				p, err := log.Read(context.Background())
				if assert.NoError(t, err) {
					assert.Equal(t, log.Name, p.Coverage.Source)
				}
			})
		}
	}
	group.Wait()
}
