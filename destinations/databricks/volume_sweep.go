package databricks

import (
	"context"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/drt-go/drt/destinations"
)

// The locations of what a run leaves behind.
const (
	atTable  = "table"
	atVolume = "volume file"
	atTemp   = "temporary file"
)

// leftFiles lists the files of runs in v, oldest run first.
func (w *warehouse) leftFiles(ctx context.Context, v volume) ([]destinations.Leftover, error) {
	var found []destinations.Leftover
	err := w.query(ctx, "list the files of volume "+v.plain(), statement{text: listSQL(v)}, func() { found = nil }, func(row []any) error {
		// The first column is the path, with or without dbfs: before it.
		if name := path.Base(text(row[0])); len(row) > 0 {
			if run, ok := syncRunOfFile(name); ok {
				found = append(found, destinations.Leftover{Name: v.path() + "/" + name, SyncRun: run, Location: atVolume})
			}
		}
		return nil
	})
	if err != nil {
		err = aboutVolume(v, err)
	}
	return found, err
}

// leftTemps lists the folders for files of runs that write to t, on this machine.
func leftTemps(t table) (found []destinations.Leftover) {
	for dir, run := range leftDirs(t) {
		found = append(found, destinations.Leftover{Name: dir, SyncRun: run, Location: atTemp})
	}
	return found
}

// sweepFiles removes the files that dead runs left, in the volume and on this machine. What cannot be removed is a
// warning: it does not harm this run.
func (s *session) sweepFiles(ctx context.Context, dead []string) {
	v, ok := parseVolume(s.cfg.Staging.Volume)
	if !ok || len(dead) == 0 {
		return
	}
	left, err := s.w.leftFiles(ctx, v)
	for _, l := range append(left, leftTemps(s.layout.target)...) {
		if slices.Contains(dead, l.SyncRun) && err == nil {
			err = s.w.removeFile(ctx, l)
		}
	}
	if err != nil {
		s.warnings = append(s.warnings, "files of an earlier run stay: "+err.Error())
		s.stray = append(s.stray, err)
	}
}

// removeFile removes a file in a volume, or a folder of temporary files.
func (w *warehouse) removeFile(ctx context.Context, l destinations.Leftover) error {
	if l.Location == atTemp {
		return os.RemoveAll(l.Name)
	}
	return putCarrier{w}.remove(ctx, l.Name)
}

// removeFile is Remove for what is no table.
func (d *Destination) removeFile(ctx context.Context, l destinations.Leftover) error {
	if !d.ownFile(l) {
		return notOurs(l)
	}
	if l.Location == atTemp {
		return os.RemoveAll(l.Name)
	}
	w, err := d.connect(ctx, queryTags("clean", "", ""), nil)
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	return w.removeFile(ctx, l)
}

// ownFile says whether l is what leftFiles or leftTemps would list for this destination.
func (d *Destination) ownFile(l destinations.Leftover) bool {
	if l.Location == atTemp {
		return leftDirs(d.cfg.target())[l.Name] == l.SyncRun && l.SyncRun != ""
	}
	v, ok := parseVolume(d.cfg.Staging.Volume)
	name, within := strings.CutPrefix(l.Name, v.path()+"/")
	run, ours := syncRunOfFile(name)
	return ok && within && ours && run == l.SyncRun
}

// volumeFinding is what `drt check` says of the volume: a file is put there and removed, which proves both grants.
func (d *Destination) volumeFinding(ctx context.Context, w *warehouse) (destinations.Finding, bool) {
	v, ok := parseVolume(d.cfg.Staging.Volume)
	if !ok {
		return destinations.Finding{}, false
	}
	return finding("volume "+v.plain(), "a file was put there and removed", d.tryVolume(ctx, w, v)), true
}

func (d *Destination) tryVolume(ctx context.Context, w *warehouse, v volume) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	s := &spool{into: v, temp: tempDir{files: filesOf(d.cfg.target(), id.String())}, pause: d.pause, report: func(int64) {}}
	s.carrier = (&session{w: w, files: s, findFiles: d.files}).carrier
	err = s.sendProof(ctx)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUp)
	defer cancel()
	return firstError(err, s.close(ctx))
}

// sendProof uploads a file of a few bytes.
func (s *spool) sendProof(ctx context.Context) error {
	by, err := s.carrier(ctx)
	if err != nil {
		return err
	}
	out := s.temp.file()
	if _, err := out.Write([]byte("drt check\n")); err != nil {
		return noDisk(err)
	}
	f, err := out.close()
	if err != nil {
		return err
	}
	u := &uploads{by: by, into: s.into, files: s.temp.files, pause: s.pause, report: s.report}
	s.uploads = u.start(ctx)
	return firstError(s.uploads.send(ctx, f), s.uploads.wait(ctx))
}
