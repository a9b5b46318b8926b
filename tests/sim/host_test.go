package sim

import (
	"context"
	"slices"
	"sync"

	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/state"
)

// host is a machine with its state folder. Each of its processes has the state open for itself; what one has open serves
// the next.
type host struct {
	world *world
	name  string
	disk  *disk

	mu    sync.Mutex
	spare []*state.Store
}

// elsewhere makes every lock look like that of another host, whose clock may be wrong: all processes of a simulation are
// this one, which lives, so that only heartbeats tell. What the lock said is kept in its column host.
const elsewhere = `
CREATE TABLE sim (skew TEXT NOT NULL);
INSERT INTO sim VALUES ('+0 seconds');
CREATE TRIGGER sim_lock AFTER INSERT ON locks BEGIN
	UPDATE locks SET host = NEW.domain, domain = 'another host', heartbeat = strftime('%Y-%m-%dT%H:%M:%f000Z', NEW.heartbeat, (SELECT skew FROM sim))
	WHERE sync = NEW.sync;
END;
CREATE TRIGGER sim_beat AFTER UPDATE OF heartbeat ON locks BEGIN
	UPDATE locks SET heartbeat = strftime('%Y-%m-%dT%H:%M:%f000Z', NEW.heartbeat, (SELECT skew FROM sim)) WHERE sync = NEW.sync;
END;`

// newHost makes a machine whose state has seen no run.
func newHost(w *world, name string, d *disk) *host {
	return &host{world: w, name: name, disk: d, spare: []*state.Store{d.store}}
}

// open opens the state for a process.
func (h *host) open() *state.Store {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.spare); n > 0 {
		s := h.spare[n-1]
		h.spare = h.spare[:n-1]
		return s
	}
	s, err := state.Open(context.Background(), h.disk.folder)
	h.world.must(err)
	return s
}

// free takes a store back.
func (h *host) free(s *state.Store) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.spare = append(h.spare, s)
}

// lose closes the store under a process that is killed. known says that others can tell at once that it is dead, as they
// can on the same machine; else only its heartbeat does.
func (h *host) lose(s *state.Store, known bool) {
	if s == h.disk.store {
		h.disk.store = nil
	}
	_ = s.Close() // waits for what is being written right now, as the file system would
	if known {
		h.execute("UPDATE locks SET domain = host, pid_started = 'ended'")
	}
}

// jump sets the clocks of those who hold locks wrong.
func (h *host) jump(skew string) {
	h.world.story.tell("the clocks of %s jump: %s", h.name, skew)
	h.execute("UPDATE sim SET skew = '" + skew + "'")
}

func (h *host) execute(sql string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.world.must(sqlitex.Execute(h.disk.admin, sql, nil))
}

// forget is a machine that comes up without its disk: its state is gone.
func (h *host) forget() {
	h.world.story.tell("%s loses its state", h.name)
	h.close()
	h.world.must(h.disk.format())
}

// close closes what no process uses, but for what stays with the disk.
func (h *host) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.spare {
		if s != h.disk.store {
			h.world.must(s.Close())
		}
	}
	h.spare = nil
}

// with looks into the state.
func (h *host) with(look func(*state.Store)) {
	s := h.open()
	defer h.free(s)
	look(s)
}

// distinct are the hosts with a state of their own.
func (w *world) distinct() []*host { return slices.Compact(slices.Clone(w.hosts)) }
