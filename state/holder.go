package state

import "os"

// holder says who a process is, so that another one can tell whether it still lives.
type holder struct {
	host    string
	domain  string // within which pid means something; "" if that is not known
	pid     int
	started string // "" if not known
}

func thisProcess() holder {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "unknown host"
	}
	return holder{host: host, domain: pidDomain(), pid: os.Getpid(), started: pidStarted(os.Getpid())}
}

// liveness is what one process can know of another.
type liveness int

const (
	unknown liveness = iota // another host, another container: only its heartbeat tells
	alive
	dead
)

// judge says whether the holder other lives, as seen from h. It is sure within one domain: a stopped process, or one
// that cannot write its heartbeat, lives and may yet commit.
func (h holder) judge(other holder) liveness {
	if h.domain == "" || h.domain != other.domain {
		return unknown
	}
	started := pidStarted(other.pid)
	switch {
	case started == "" || started != other.started:
		return dead
	default:
		return alive
	}
}
