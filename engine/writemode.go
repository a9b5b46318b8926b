package engine

import "github.com/drt-go/drt/destinations"

// WriteMode resolves `sync.mode` and the destination's own mode into how the commit changes the target. Check refuses
// what would contradict itself.
func (j *Job) WriteMode() destinations.Mode {
	if j.as != "" {
		return j.as
	}
	switch j.Mode {
	case ModeUpsert:
		return destinations.ModeMerge
	case ModeMirror:
		return destinations.ModeMirror // whatever destination.mode says
	case ModeReplace:
		return destinations.ModeReplace
	default:
		return j.Destination.Target().Mode
	}
}

// wholeTable says that the rows of one run decide about every row of the target, so that a part of them would destroy.
func wholeTable(m destinations.Mode) bool {
	return m == destinations.ModeMirror || m == destinations.ModeReplace
}

func keyed(m destinations.Mode) bool {
	return m == destinations.ModeMerge || m == destinations.ModeMirror
}
