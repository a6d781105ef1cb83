// Package s3files reads files that departments drop into a bucket of an object store
// (S3, MinIO): those of a table are fetched into the run's scratch folder and read by
// csvfile or excel as if they had been dropped there. connectors/all and its own
// tests import it.
package s3files

import (
	"context"
	"iter"
	"net/http"
	"path"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"guiji/connectors"
	"guiji/internal/fault"
)

// Connector reads files of an object store.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "s3files",
		Doc:      "CSV files and Excel workbooks in a bucket of an object store (S3, MinIO); a folder of files is one table",
		Kind:     connectors.Kind{Source: (*Source)(nil), Snapshot: (*snapshot)(nil), Parts: true, Moment: true, Statistics: true},
		Settings: func() any { return DefaultSettings() },
		Open: func(ctx context.Context, settings any, env connectors.Env) (connectors.Source, error) {
			s, err := Open(ctx, *settings.(*Settings), env)
			if err != nil {
				return nil, err
			}
			return s, nil
		},
	}
}

// Source is a folder of a bucket.
type Source struct {
	settings Settings
	env      connectors.Env
	client   *minio.Core
	wire     *http.Transport
}

// Open looks whether the bucket answers to the account.
func Open(ctx context.Context, settings Settings, env connectors.Env) (*Source, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	wire := transport()
	client, err := minio.NewCore(settings.Endpoint, &minio.Options{
		Creds:  credentials.NewStaticV4(settings.AccessKey, settings.SecretKey.Reveal(), ""),
		Secure: settings.TLS, Region: settings.Region, Transport: wire, MaxRetries: 1, BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, fault.New(fault.Config, "s3files.endpoint", settings.Endpoint)
	}
	s := &Source{settings: settings, env: env, client: client, wire: wire}
	for info := range s.objects(ctx, 1) {
		if info.Err != nil {
			wire.CloseIdleConnections()
			return nil, s.explain(ctx, info.Err)
		}
		break
	}
	return s, nil
}

// objects lists what is below the prefix, so many at a time; 0 is as many as the store likes.
func (s *Source) objects(ctx context.Context, page int) iter.Seq[minio.ObjectInfo] {
	return s.client.Client.ListObjectsIter(ctx, s.settings.Bucket, minio.ListObjectsOptions{Prefix: s.prefix(), Recursive: true, MaxKeys: page})
}

// Close ends the connections that idle.
func (s *Source) Close() error {
	s.wire.CloseIdleConnections()
	return nil
}

// prefix is what the keys of all files begin with.
func (s *Source) prefix() string {
	if s.settings.Prefix == "" {
		return ""
	}
	return s.settings.Prefix + "/"
}

// Place names a file or folder for lineage: the bucket, and the key in it.
func (s *Settings) Place(_, table string) (namespace, name string) {
	return "s3://" + s.Bucket, path.Join(s.Prefix, table)
}

// Discover describes tables of the files there are now, by the first file of each.
func (s *Source) Discover(ctx context.Context, tables ...string) ([]connectors.Table, error) {
	f, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	defer f.remove()
	wanted := tables
	if len(tables) == 0 {
		if wanted, err = f.reader.FileTables(); err != nil {
			return nil, err
		}
	}
	for _, t := range wanted {
		found, err := f.reader.Files(t)
		if err == nil {
			err = f.fetch(ctx, found[:1])
		}
		if err != nil {
			return nil, err
		}
	}
	return f.reader.Discover(ctx, tables...)
}

// Doctor counts what the account can see.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	f, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	defer f.remove()
	return []connectors.Finding{{OK: len(f.objects) > 0, Warning: len(f.objects) == 0, Key: "s3files.doctor", Args: []any{s.place(), len(f.objects)}}}, nil
}

// place is how the folder is named to people.
func (s *Source) place() string { return "s3://" + path.Join(s.settings.Bucket, s.settings.Prefix) }
