// Package stores opens the object store a project names. It is the only list of
// stores; pipelines, publish and cmd import it.
package stores

import (
	"context"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/lake/s3"
)

// Open opens the store of cfg.Store by its scheme: file://path (relative to dir,
// the project's folder), s3://host:port/bucket[/prefix] over plain HTTP, s3s:// the
// same over verified TLS. A folder or bucket that is not there is made. Reads are
// retried a little. What encryption.store asks for is put over it. Errors are of kind
// fault.Config, Unreachable or Refused.
func Open(ctx context.Context, cfg catalog.Config, dir string) (lake.Objects, error) {
	scheme, rest, ok := strings.Cut(cfg.Store, "://")
	switch {
	case !ok || rest == "":
	case scheme == "file":
		p := filepath.FromSlash(rest)
		if !filepath.IsAbs(p) {
			p = filepath.Join(dir, p)
		}
		d, err := localdir.Open(p) // no retries: files do not fail in passing, and plain it is lake.Local
		if err != nil {
			return nil, err
		}
		return seal(ctx, cfg, dir, d)
	case scheme == "s3" || scheme == "s3s":
		c, err := bucket(cfg, dir)
		if err != nil {
			return nil, err
		}
		s, err := s3.Open(ctx, c)
		if err != nil {
			return nil, err
		}
		return lake.Retry(s), nil
	}
	return nil, refuse(cfg.Store)
}

// Created tells that Open made the bucket: a name that was mistyped shows so.
func Created(objs lake.Objects) bool {
	for {
		switch o := objs.(type) {
		case *s3.Store:
			return o.Created
		case interface{ Unwrap() lake.Objects }:
			objs = o.Unwrap()
		default:
			return false
		}
	}
}

func refuse(store string) error {
	store, _, _ = strings.Cut(store, "?") // somebody may have put a password there, or before the host
	if scheme, rest, ok := strings.Cut(store, "://"); ok {
		if i := strings.LastIndexByte(rest, '@'); i >= 0 {
			store = scheme + "://…" + rest[i:]
		}
	}
	return fault.New(fault.Config, "lake.store.url", store).Try("lake.store.url.hint")
}

// bucket reads an s3 URL and the credentials' references.
func bucket(cfg catalog.Config, dir string) (s3.Config, error) {
	u, err := url.Parse(cfg.Store)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return s3.Config{}, refuse(cfg.Store)
	}
	name, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if name == "" || prefix != "" && (path.Clean(prefix) != prefix || lake.ValidKey(prefix) != nil) {
		return s3.Config{}, refuse(cfg.Store)
	}
	c := s3.Config{Endpoint: u.Host, TLS: u.Scheme == "s3s", Bucket: name, Prefix: prefix, Region: cfg.StoreAuth.Region}
	if c.Encryption, err = serverSide(cfg); err != nil {
		return s3.Config{}, err
	}
	for field, to := range map[string]*string{"access_key": &c.AccessKey, "secret_key": &c.SecretKey} {
		ref := cfg.StoreAuth.AccessKey
		if field == "secret_key" {
			ref = cfg.StoreAuth.SecretKey
		}
		if *to, err = secret.Expand(ref, dir); err != nil {
			return s3.Config{}, fault.New(fault.Config, "lake.store.auth", field).Because(err)
		}
	}
	return c, nil
}
