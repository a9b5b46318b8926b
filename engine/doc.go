// Package engine runs one sync: it reads a source, writes a destination, commits once the source has ended for
// certain, and saves state after the commit. It knows contracts only.
package engine
