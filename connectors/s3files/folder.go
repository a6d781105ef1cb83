package s3files

import (
	"context"
	"io"
	"iter"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"

	"guiji/connectors/files"
	"guiji/connectors/files/remote"
)

// folder is a prefix of a bucket. It is its own session: each request is one.
type folder struct {
	settings Settings
	client   *minio.Core
}

// Name is how the folder is named to people.
func (f *folder) Name() string { return "s3://" + path.Join(f.settings.Bucket, f.settings.Prefix) }

// Connect has nothing to do.
func (f *folder) Connect(context.Context) (remote.Session, error) { return f, nil }

// Close has nothing to end.
func (f *folder) Close() error { return nil }

// Place names a file or folder for lineage: the bucket, and the key in it.
func (s *Settings) Place(_, table string) (namespace, name string) {
	return "s3://" + s.Bucket, path.Join(s.Prefix, table)
}

// prefix is what the keys of all files begin with.
func (f *folder) prefix() string {
	if f.settings.Prefix == "" {
		return ""
	}
	return f.settings.Prefix + "/"
}

// objects lists what is below the prefix, so many at a time; 0 is as many as the store likes.
func (f *folder) objects(ctx context.Context, page int) iter.Seq[minio.ObjectInfo] {
	return f.client.Client.ListObjectsIter(ctx, f.settings.Bucket, minio.ListObjectsOptions{Prefix: f.prefix(), Recursive: true, MaxKeys: page})
}

// List lists the objects there are now.
func (f *folder) List(ctx context.Context, _ func(folder string) bool, take func(files.File) error) error {
	for info := range f.objects(ctx, 0) {
		if info.Err != nil {
			return f.explain(ctx, info.Err)
		}
		name := strings.TrimPrefix(info.Key, f.prefix())
		if strings.HasSuffix(name, "/") || name == "" { // a folder's own mark
			continue
		}
		if err := take(files.File{Name: name, Size: info.Size, Modified: info.LastModified.UnixNano(), Tag: info.ETag}); err != nil {
			return err
		}
	}
	return f.explain(ctx, ctx.Err())
}

// Fetch asks for the object by its tag: another one is none.
func (f *folder) Fetch(ctx context.Context, file files.File, offset int64, to io.Writer) error {
	var same minio.GetObjectOptions
	if err := same.SetMatchETag(file.Tag); err != nil {
		return remote.Changed(file.Name)
	}
	if offset > 0 {
		if offset >= file.Size {
			return nil
		}
		if err := same.SetRange(offset, 0); err != nil {
			return remote.Changed(file.Name)
		}
	}
	body, _, _, err := f.client.GetObject(ctx, f.settings.Bucket, f.prefix()+file.Name, same)
	if err != nil {
		return f.explainGet(ctx, file, err)
	}
	defer body.Close()
	_, err = io.Copy(to, body)
	return f.explainGet(ctx, file, err)
}
