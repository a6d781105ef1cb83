package sftpfiles

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"guiji/connectors/files"
	"guiji/connectors/files/remote"
	"guiji/internal/fault"
)

// session is a folder in use over a connection of its own.
type session struct {
	folder *folder
	wire   *patient
	ssh    *ssh.Client
	sftp   *sftp.Client
	meter  *meter
	base   string // the folder's real path, once it was asked for
}

// Close ends the connection.
func (s *session) Close() error {
	err := s.wire.Close() // what waits for an answer ends too
	_ = s.sftp.Close()
	_ = s.ssh.Close()
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// within ends the connection with a context: calls know none.
func (s *session) within(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { s.wire.Close() })
}

// root is the folder's real path.
func (s *session) root(ctx context.Context) (string, error) {
	if s.base != "" {
		return s.base, nil
	}
	defer s.within(ctx)()
	base, err := s.sftp.RealPath(s.folder.settings.Path)
	var stat os.FileInfo
	if err == nil {
		stat, err = s.sftp.Stat(base)
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", fault.New(fault.Config, "sftpfiles.no_folder", s.folder.Name()).Try("sftpfiles.no_folder.hint")
	case err != nil:
		return "", s.explain(ctx, err)
	case !stat.IsDir():
		return "", fault.New(fault.Config, "sftpfiles.no_folder", s.folder.Name()).Try("sftpfiles.no_folder.hint")
	}
	s.base = base
	return base, nil
}

// List walks through the folder. Links are not followed: they may lead anywhere.
func (s *session) List(ctx context.Context, into func(folder string) bool, take func(files.File) error) error {
	if _, err := s.root(ctx); err != nil {
		return err
	}
	defer s.within(ctx)()
	s.folder.links.Store(0)
	return s.walk(ctx, "", into, take)
}

func (s *session) walk(ctx context.Context, folder string, into func(folder string) bool, take func(files.File) error) error {
	s.meter.left.Store(mostListed)
	s.meter.on.Store(true)
	entries, err := s.sftp.ReadDirContext(ctx, path.Join(s.base, folder))
	s.meter.on.Store(false)
	if s.meter.left.Load() < 0 {
		return fault.New(fault.Data, "sftpfiles.long_list", s.folder.Name(), mostListed>>20).Try("remote.many.hint")
	}
	if errors.Is(err, os.ErrNotExist) { // it was there a moment ago
		return remote.Changed(folder)
	}
	if err != nil {
		return s.explainFile(ctx, files.File{Name: cmp.Or(folder, s.folder.Name())}, err)
	}
	for _, e := range entries {
		name := strings.TrimPrefix(folder+"/"+e.Name(), "/") // not joined: that would clean away a ..
		switch mode := e.Mode(); {
		case mode&os.ModeSymlink != 0:
			s.folder.links.Add(1)
		case mode.IsDir() && into(name):
			err = s.walk(ctx, name, into, take)
		case mode.IsRegular():
			err = take(described(name, e))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func described(name string, stat os.FileInfo) files.File {
	return files.File{Name: name, Size: stat.Size(), Modified: stat.ModTime().UnixNano()}
}

// Fetch reads a file that must be what was listed, before and after.
func (s *session) Fetch(ctx context.Context, file files.File, offset int64, to io.Writer) error {
	if _, err := s.root(ctx); err != nil {
		return err
	}
	defer s.within(ctx)()
	at := path.Join(s.base, file.Name)
	real, err := s.sftp.RealPath(at)
	if err == nil && real != at { // a link took the file's place
		return remote.Changed(file.Name)
	}
	var handle *sftp.File
	if err == nil {
		handle, err = s.sftp.Open(at)
	}
	if err != nil {
		return s.explainFile(ctx, file, err)
	}
	defer handle.Close()
	if err := s.same(ctx, handle, file); err != nil {
		return err
	}
	if _, err := handle.Seek(offset, io.SeekStart); err != nil {
		return s.explainFile(ctx, file, err)
	}
	if _, err := handle.WriteTo(to); err != nil {
		return s.explainFile(ctx, file, err)
	}
	return s.same(ctx, handle, file)
}

// same says with fault.Changed if a file is not what was listed.
func (s *session) same(ctx context.Context, handle *sftp.File, file files.File) error {
	stat, err := handle.Stat()
	if err != nil {
		return s.explainFile(ctx, file, err)
	}
	if described(file.Name, stat) != (files.File{Name: file.Name, Size: file.Size, Modified: file.Modified}) {
		return remote.Changed(file.Name)
	}
	return nil
}

// explainFile tells a file that is gone by now from one that cannot be had.
func (s *session) explainFile(ctx context.Context, file files.File, err error) error {
	switch {
	case ctx.Err() == nil && errors.Is(err, os.ErrNotExist):
		return remote.Changed(file.Name)
	case ctx.Err() == nil && errors.Is(err, os.ErrPermission):
		return fault.New(fault.Refused, "files.no_permission", file.Name)
	}
	return s.explain(ctx, err)
}

// explain gives an error of a call its kind.
func (s *session) explain(ctx context.Context, err error) error {
	var status *sftp.StatusError
	switch {
	case ctx.Err() != nil:
		return files.Interrupted(s.folder.Name(), ctx.Err())
	case errors.Is(err, os.ErrPermission):
		return fault.New(fault.Refused, "files.no_permission", s.folder.Name())
	case errors.As(err, &status) && !errors.Is(err, sftp.ErrSSHFxConnectionLost):
		return fault.New(fault.Data, "sftpfiles.answer", s.folder.Name(), status.FxCode().Error())
	}
	return s.folder.explain(ctx, err)
}
