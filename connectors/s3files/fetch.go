package s3files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"guiji/connectors"
	"guiji/connectors/csvfile"
	"guiji/connectors/excel"
	"guiji/connectors/files"
	"guiji/internal/fault"
)

// mostObjects is how many files a folder may hold.
const mostObjects = 100_000

// object is a file of the bucket as it was listed.
type object struct {
	Name     string // below the prefix
	ETag     string
	Size     int64
	modified time.Time
	fetched  bool
}

// folder stands in the scratch folder for the bucket's: a file for each object, of the
// size and time that it has there. What a table needs of them is fetched.
type folder struct {
	source  *Source
	dir     string
	objects []*object
	byName  map[string]*object
	reader  reader
	bytes   int64 // fetched so far
}

// reader is csvfile or excel on the folder.
type reader interface {
	connectors.Source
	Files(table string) ([]files.File, error)
	FileTables() ([]string, error)
}

// list makes the folder of all objects there are now. remove it.
func (s *Source) list(ctx context.Context) (*folder, error) {
	dir, err := os.MkdirTemp(s.env.Scratch, "guiji-s3files-*") // mode 0700
	if err != nil {
		return nil, fmt.Errorf("make a folder for files: %w", err)
	}
	f := &folder{source: s, dir: dir, byName: map[string]*object{}}
	err = f.standIn(ctx)
	if err == nil {
		f.reader, err = s.reader(dir)
	}
	if err != nil {
		f.remove()
		return nil, err
	}
	return f, nil
}

// reader opens the folder as the settings say.
func (s *Source) reader(dir string) (reader, error) {
	if s.settings.Format == "excel" {
		settings := s.settings.Excel
		settings.Path = dir
		return excel.Open(settings, s.env)
	}
	settings := s.settings.CSV
	settings.Path = dir
	return csvfile.Open(settings, s.env)
}

// remove ends what was fetched. It was ours alone, in a folder that is swept.
func (f *folder) remove() { _ = os.RemoveAll(f.dir) }

func (f *folder) standIn(ctx context.Context) error {
	prefix := f.source.prefix()
	for info := range f.source.objects(ctx, 0) {
		if info.Err != nil {
			return f.source.explain(ctx, info.Err)
		}
		o := &object{Name: strings.TrimPrefix(info.Key, prefix), ETag: info.ETag, Size: info.Size, modified: info.LastModified}
		if strings.HasSuffix(o.Name, "/") || o.Name == "" { // a folder's own mark
			continue
		}
		if !filepath.IsLocal(o.Name) || filepath.ToSlash(filepath.Clean(o.Name)) != o.Name || strings.ContainsRune(o.Name, 0) {
			return fault.New(fault.Data, "s3files.name", f.source.place(), o.Name)
		}
		if len(f.objects) == mostObjects {
			return fault.New(fault.Data, "s3files.many", f.source.place(), mostObjects)
		}
		if err := f.stand(o); err != nil {
			return err
		}
		f.objects, f.byName[o.Name] = append(f.objects, o), o
	}
	return f.source.explain(ctx, ctx.Err())
}

// stand makes the file that stands for an object.
func (f *folder) stand(o *object) error {
	at := f.path(o)
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		return fault.New(fault.Data, "s3files.name", f.source.place(), o.Name).Because(err)
	}
	file, err := os.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.Data, "s3files.name", f.source.place(), o.Name).Because(err)
	}
	if err := errors.Join(file.Truncate(o.Size), file.Close()); err != nil {
		return fmt.Errorf("make a place for a file: %w", err)
	}
	return os.Chtimes(at, time.Time{}, o.modified)
}

func (f *folder) path(o *object) string { return filepath.Join(f.dir, filepath.FromSlash(o.Name)) }

// fetch fetches files that are not here yet.
func (f *folder) fetch(ctx context.Context, wanted []files.File) error {
	for _, file := range wanted {
		o := f.byName[file.Name]
		if o.fetched {
			continue
		}
		if f.bytes += o.Size; f.bytes > int64(f.source.settings.Limit)<<20 {
			return fault.New(fault.Data, "s3files.too_large", f.source.place(), f.source.settings.Limit).Try("s3files.raise_limit")
		}
		if err := f.get(ctx, o); err != nil {
			return err
		}
		o.fetched = true
	}
	return nil
}

// get fetches one object, which must be what was listed.
func (f *folder) get(ctx context.Context, o *object) error {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	var same minio.GetObjectOptions
	if err := same.SetMatchETag(o.ETag); err != nil {
		return f.source.changed(o)
	}
	body, _, _, err := f.source.client.GetObject(inner, f.source.settings.Bucket, f.source.prefix()+o.Name, same)
	if err != nil {
		return f.source.explainGet(ctx, o, err)
	}
	defer body.Close()
	file, err := os.OpenFile(f.path(o), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write what was fetched: %w", err)
	}
	defer file.Close()
	silent := time.AfterFunc(stall, stop)
	defer silent.Stop()
	n, err := io.Copy(file, &watched{from: io.LimitReader(body, o.Size+1), timer: silent})
	if disk := (*os.PathError)(nil); errors.As(err, &disk) {
		return fmt.Errorf("write what was fetched: %w", err)
	}
	if err != nil {
		return f.source.explainGet(ctx, o, err)
	}
	if n != o.Size {
		return f.source.changed(o)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("write what was fetched: %w", err)
	}
	return os.Chtimes(f.path(o), time.Time{}, o.modified)
}

// watched lets go of a body that is silent for too long.
type watched struct {
	from  io.Reader
	timer *time.Timer
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	w.timer.Reset(stall)
	return n, err
}
