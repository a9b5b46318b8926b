package delta

import "bytes"

// keySet finds a key that an object has twice. Objects within objects share one set: each works above its own mark.
type keySet struct {
	buf   []byte
	spans []span
}

type span struct{ from, to int }

// manyKeys is from where on comparing each key with each is slower than a map.
const manyKeys = 32

// mark begins an object.
func (k *keySet) mark() span { return span{len(k.buf), len(k.spans)} }

// add puts a key of the object that began at m into the set.
func (k *keySet) add(key string) {
	from := len(k.buf)
	k.buf = append(k.buf, key...)
	k.spans = append(k.spans, span{from, len(k.buf)})
}

// close ends the object that began at m, and says whether one of its keys came twice.
func (k *keySet) close(m span) (twice bool) {
	keys := k.spans[m.to:]
	if len(keys) > manyKeys {
		twice = k.twiceOfMany(keys)
	} else {
		twice = k.twiceOfFew(keys)
	}
	k.buf, k.spans = k.buf[:m.from], k.spans[:m.to]
	return twice
}

// reset forgets everything: a value that was refused half way leaves its keys behind.
func (k *keySet) reset() { k.buf, k.spans = k.buf[:0], k.spans[:0] }

func (k *keySet) twiceOfFew(keys []span) bool {
	for i, a := range keys {
		for _, b := range keys[:i] {
			if bytes.Equal(k.buf[a.from:a.to], k.buf[b.from:b.to]) {
				return true
			}
		}
	}
	return false
}

func (k *keySet) twiceOfMany(keys []span) bool {
	seen := make(map[string]struct{}, len(keys))
	for _, s := range keys {
		seen[string(k.buf[s.from:s.to])] = struct{}{}
	}
	return len(seen) < len(keys)
}
