package stores

import (
	"context"
	"strings"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/lake/s3"
	"guiji/lake/sealed"
)

// servingKey is the length of the serving files' key in bytes: AES-256.
const servingKey = 32

// seal puts encryption.store over a local store, and refuses one that is sealed where
// the setting is not there.
func seal(ctx context.Context, cfg catalog.Config, dir string, objs *localdir.Dir) (lake.Objects, error) {
	switch cfg.Encryption.Store {
	case "":
		marked, err := sealed.Marked(ctx, objs)
		if err == nil && marked {
			err = fault.New(fault.Config, "lake.sealed.marked", cfg.Store).Try("lake.sealed.marked.hint")
		}
		if err != nil {
			return nil, err
		}
		return objs, nil
	case "sm4-gcm":
		key, err := secret.Hex(cfg.Encryption.Key, dir, sealed.KeySize)
		if err != nil {
			return nil, fault.New(fault.Config, "lake.encryption.key", "encryption.key").Because(err)
		}
		return sealed.Open(ctx, objs, key)
	}
	return nil, unfit(cfg)
}

// serverSide is what encryption.store asks of an S3 store.
func serverSide(cfg catalog.Config) (s3.Encryption, error) {
	how := cfg.Encryption.Store
	key, kms := strings.CutPrefix(how, "sse-kms:")
	switch {
	case how == "":
		return s3.Encryption{}, nil
	case how == "sse-s3":
		return s3.Encryption{On: true}, nil
	case kms && key != "":
		return s3.Encryption{On: true, KMSKey: key}, nil
	}
	return s3.Encryption{}, unfit(cfg)
}

func unfit(cfg catalog.Config) error {
	return fault.New(fault.Config, "lake.sealed.for", cfg.Encryption.Store, cfg.Store).Try("lake.sealed.for.hint")
}

// Honoured asks an S3 store whether it encrypts what it is asked to; nil where it is
// not asked.
func Honoured(ctx context.Context, objs lake.Objects) error {
	for {
		switch o := objs.(type) {
		case *s3.Store:
			return o.Honoured(ctx)
		case interface{ Unwrap() lake.Objects }:
			objs = o.Unwrap()
		default:
			return nil
		}
	}
}
