package objectscaler

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/url"
	"time"

	"gocloud.dev/blob"
)

// Object is one of a listing.
type Object struct {
	Key     string
	Size    int64 // bytes
	ModTime time.Time
}

// Store lists the objects of one bucket.
type Store interface {
	// Objects yields the objects whose keys start with the prefix; an error ends the sequence. An object is valid until the next
	// one. It must not yield less than there is without an error.
	Objects(ctx context.Context, prefix string) iter.Seq2[*Object, error]
	// Close releases what the store holds.
	Close() error
}

// Opener opens the bucket that a URL of gocloud.dev names. Its context does not end, because SDKs keep it to renew credentials.
type Opener func(ctx context.Context, u *url.URL) (Store, error)

// OpenURL is the usual [Opener]: folders by [OpenFolder], everything else by gocloud.dev, with the default chain of credentials
// of the provider's SDK. The program has to import the providers that it wants: gocloud.dev/blob/s3blob, gcsblob, azureblob.
func OpenURL(ctx context.Context, u *url.URL) (Store, error) {
	if u.Scheme == schemes[File] {
		return OpenFolder(u.Path)
	}
	bucket, err := blob.DefaultURLMux().OpenBucketURL(ctx, u)
	if err != nil {
		return nil, err
	}
	return Bucket(bucket), nil
}

// Bucket makes a store of a bucket of gocloud.dev, and closes it with the store. Fakes in memory, memblob, are for tests.
func Bucket(b *blob.Bucket) Store { return bucketStore{b} }

type bucketStore struct{ *blob.Bucket }

// pageSize is how many objects S3 and Google Cloud Storage list at once.
const pageSize = 1000

// Objects implements Store. It holds one page at a time.
func (b bucketStore) Objects(ctx context.Context, prefix string) iter.Seq2[*Object, error] {
	return func(yield func(*Object, error) bool) {
		for token := blob.FirstPageToken; len(token) > 0; {
			page, next, err := b.ListPage(ctx, token, pageSize, &blob.ListOptions{Prefix: prefix})
			if err == nil {
				err = ctx.Err()
			}
			if err != nil && !errors.Is(err, io.EOF) {
				yield(nil, err)
				return
			}
			if !yieldPage(page, yield) {
				return
			}
			token = next
		}
	}
}

func yieldPage(page []*blob.ListObject, yield func(*Object, error) bool) bool {
	var o Object
	for _, listed := range page {
		o = Object{Key: listed.Key, Size: listed.Size, ModTime: listed.ModTime}
		if !yield(&o, nil) {
			return false
		}
	}
	return true
}
