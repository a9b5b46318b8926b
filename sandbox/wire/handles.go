package wire

import (
	"crypto/rand"
	"crypto/subtle"

	"github.com/google/uuid"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

// handle names a session or an operation. The id is shown to people, the secret proves that a client was given it.
type handle struct {
	id     uuid.UUID
	secret [16]byte
}

func newHandle() handle {
	h := handle{id: uuid.New()}
	_, _ = rand.Read(h.secret[:]) // never fails
	return h
}

func (h handle) thrift() *tcli.THandleIdentifier {
	return &tcli.THandleIdentifier{GUID: h.id[:], Secret: h.secret[:]}
}

func (h handle) matches(t *tcli.THandleIdentifier) bool {
	return t != nil && subtle.ConstantTimeCompare(h.secret[:], t.Secret) == 1
}

// idOf returns the id in t, which may be anything that a client sent.
func idOf(t *tcli.THandleIdentifier) uuid.UUID {
	if t == nil {
		return uuid.Nil
	}
	id, err := uuid.FromBytes(t.GUID)
	if err != nil {
		return uuid.Nil
	}
	return id
}
