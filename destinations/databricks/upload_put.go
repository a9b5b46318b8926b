package databricks

import (
	"context"
	"path/filepath"

	"github.com/databricks/databricks-sql-go/driverctx"
)

// putCarrier uploads by the warehouse's own statements, over the session's connection: one at a time. It works wherever
// SQL does; the driver asks for a presigned URL and sends the file there itself.
type putCarrier struct{ w *warehouse }

func (putCarrier) name() string { return "PUT" }

func (putCarrier) lanes() int { return 1 }

func (putCarrier) close() {}

// put names the one folder that the server may ask files from.
func (p putCarrier) put(ctx context.Context, local, remote string) error {
	ctx = driverctx.NewContextWithStagingInfo(ctx, []string{filepath.Dir(local)})
	return p.w.define(ctx, "upload "+remote, statement{text: putSQL(local, remote)}, onScratch)
}

// remove moves no file to or from this machine; the driver wants a folder all the same, so it gets one that is not here.
func (p putCarrier) remove(ctx context.Context, remote string) error {
	ctx = driverctx.NewContextWithStagingInfo(ctx, []string{remote})
	return p.w.define(ctx, "remove "+remote, statement{text: removeSQL(remote)}, onScratch)
}
