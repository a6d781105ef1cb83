// Package sftpfiles reads files that departments drop into a folder of an SFTP server. The
// server has to be the one the project names by its key: there is no way to leave that out.
// connectors/all and its own tests import it.
package sftpfiles

import (
	"context"

	"guiji/connectors"
	"guiji/connectors/files/remote"
)

// Connector reads files of an SFTP server.
func Connector() connectors.Connector {
	return connectors.Connector{
		Name:     "sftpfiles",
		Doc:      "CSV, Excel, JSON lines and Parquet files in a folder of an SFTP server; a folder of files is one table",
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

// Source is a folder of a server.
type Source struct {
	*remote.Source
	folder *folder
}

// Open looks whether the server is the one that is meant and lets the account in.
func Open(ctx context.Context, settings Settings, env connectors.Env) (*Source, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	f, err := newFolder(settings, env.Dir)
	if err != nil {
		return nil, err
	}
	session, err := f.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	if _, err := session.root(ctx); err != nil {
		return nil, err
	}
	how := settings
	how.Password, how.PrivateKey, how.Passphrase = "", "", "" // who reads is not what is read
	return &Source{&remote.Source{Folder: f, Env: env, Formats: settings.formats(), Limit: settings.Limit, Silence: settings.Timeout, How: how}, f}, nil
}

// Doctor tells what every remote folder does, and of links, which are not followed.
func (s *Source) Doctor(ctx context.Context) ([]connectors.Finding, error) {
	out, err := s.Source.Doctor(ctx)
	if err != nil {
		return nil, err
	}
	if n := s.folder.links.Load(); n > 0 {
		out = append([]connectors.Finding{{Warning: true, Key: "sftpfiles.doctor.links", Args: []any{s.folder.Name(), n}}}, out...)
	}
	return out, nil
}
