package objectscaler

import (
	"fmt"
	"net/url"
	"path"
	"strings"
)

// Provider is a kind of object store.
type Provider string

// The providers. What opens them is in [OpenURL].
const (
	S3    Provider = "s3"    // Amazon S3, and what speaks its protocol
	GCS   Provider = "gcs"   // Google Cloud Storage
	Azure Provider = "azure" // Azure Blob Storage; the bucket is a container
	File  Provider = "file"  // a folder that is mounted into the scaler; the bucket is its absolute path
)

// schemes are those of gocloud.dev's URLs.
var schemes = map[Provider]string{S3: "s3", GCS: "gs", Azure: "azblob", File: "file"}

// Location is where objects lie.
type Location struct {
	Provider Provider
	// Bucket is the name of the bucket or container; for File it is an absolute folder.
	Bucket string
	// Region is a bucket's of S3; empty means what the environment of the scaler says.
	Region string
	// Prefix is what the keys start with; empty means every object.
	Prefix string
}

// String writes the location as a URL: "s3://spark-input-data/pending/", "file:///data/inbox/pending/".
func (l Location) String() string {
	if l.Provider == File && l.Prefix != "" {
		return schemes[l.Provider] + "://" + strings.TrimSuffix(l.Bucket, "/") + "/" + l.Prefix
	}
	if l.Provider == File {
		return schemes[l.Provider] + "://" + l.Bucket
	}
	return schemes[l.Provider] + "://" + l.Bucket + "/" + l.Prefix
}

// bucket is the location without its prefix: what has to be opened.
func (l Location) bucket() Location {
	l.Prefix = ""
	return l
}

// url is what gocloud.dev opens. The parameters are the operator's; the region is the trigger's.
func (l Location) url(params url.Values) *url.URL {
	values := url.Values{}
	for key, list := range params {
		values[key] = list
	}
	if l.Region != "" {
		values.Set("region", l.Region)
	}
	u := &url.URL{Scheme: schemes[l.Provider], Host: l.Bucket, RawQuery: values.Encode()}
	if l.Provider == File {
		u.Host, u.Path = "", l.Bucket
	}
	return u
}

// pattern is one entry of the allow-list.
type pattern struct{ scheme, bucket, prefix string }

// parsePattern reads "s3://bucket", "s3://team-*/pending/" or "file:///data".
func parsePattern(text string) (pattern, error) {
	scheme, rest, found := strings.Cut(text, "://")
	known := false
	for _, s := range schemes {
		known = known || s == scheme
	}
	if !found || !known || rest == "" {
		return pattern{}, fmt.Errorf("objectscaler: %q is no pattern of a bucket; write s3://bucket, gs://bucket/prefix, azblob://container or file:///folder", text)
	}
	if scheme == schemes[File] {
		if !path.IsAbs(rest) || path.Clean(rest) != rest {
			return pattern{}, fmt.Errorf("objectscaler: %q must name an absolute folder, without a slash at its end", text)
		}
		return pattern{scheme: scheme, bucket: rest}, nil
	}
	bucket, prefix, _ := strings.Cut(rest, "/")
	if _, err := path.Match(bucket, ""); err != nil {
		return pattern{}, fmt.Errorf("objectscaler: %q: %w", text, err)
	}
	return pattern{scheme, bucket, prefix}, nil
}

func (p pattern) allows(l Location) bool {
	if p.scheme != schemes[l.Provider] {
		return false
	}
	if l.Provider == File {
		return l.Bucket == p.bucket || strings.HasPrefix(l.Bucket, strings.TrimSuffix(p.bucket, "/")+"/")
	}
	matched, err := path.Match(p.bucket, l.Bucket)
	return err == nil && matched && strings.HasPrefix(l.Prefix, p.prefix)
}
