// Package s3files reads files that departments drop into a bucket of an object store
// (S3, MinIO). connectors/all and its own tests import it.
package s3files

import (
	"context"
	"net/http"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"guiji/connectors"
	"guiji/connectors/files/remote"
	"guiji/internal/fault"
)

// Connector reads files of an object store.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "s3files",
		Doc:      "CSV, Excel, JSON lines and Parquet files in a bucket of an object store (S3, MinIO); a folder of files is one table",
		Kind:     connectors.Kind{Source: (*Source)(nil), Snapshot: (*remote.Snapshot)(nil), Parts: true, Moment: true, Statistics: true},
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
	*remote.Source
	wire *http.Transport
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
	how := settings
	how.AccessKey, how.SecretKey = "", "" // who reads is not what is read
	f := &folder{settings: settings, client: client}
	for info := range f.objects(ctx, 1) {
		if info.Err != nil {
			wire.CloseIdleConnections()
			return nil, f.explain(ctx, info.Err)
		}
		break
	}
	return &Source{&remote.Source{Folder: f, Env: env, Formats: settings.formats(), Limit: settings.Limit, Silence: stall, How: how}, wire}, nil
}

// Close ends the connections that idle.
func (s *Source) Close() error {
	s.wire.CloseIdleConnections()
	return nil
}
