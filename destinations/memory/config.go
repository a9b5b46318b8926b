package memory

import (
	"errors"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Config is what YAML says of a table in a Store.
type Config struct {
	Table     string            `yaml:"table" validate:"required" doc:"name of the table in the store; the first commit makes it if it does not exist"`
	Mode      destinations.Mode `yaml:"mode" validate:"omitempty,oneof=insert merge" default:"insert" doc:"how rows are written where the sync's mode leaves it open: append them, or update by key"`
	UpsertKey []string          `yaml:"upsert_key" doc:"key columns; merge and mirror need them"`
}

// Spec announces the destination with a store of its own, which nobody else sees: for lists of connectors. A test
// that reads what was written takes Store.Spec.
func Spec() destinations.Spec { return NewStore().Spec() }

// Spec announces the destination whose tables are in s.
func (s *Store) Spec() destinations.Spec {
	return destinations.Define("memory", Config{}, func(c Config, _ connector.Env) (destinations.Destination, error) {
		return New(s, c)
	})
}

// New builds the destination. Errors are *connector.FieldError.
func New(store *Store, c Config) (*Destination, error) {
	var errs []error
	if c.Table == "" {
		errs = append(errs, &connector.FieldError{Field: "table", Message: "table is required"})
	}
	switch c.Mode {
	case "", destinations.ModeInsert:
	case destinations.ModeMerge:
		if len(c.UpsertKey) == 0 {
			errs = append(errs, &connector.FieldError{Field: "upsert_key", Message: "upsert_key is required by mode merge"})
		}
	default:
		errs = append(errs, &connector.FieldError{Field: "mode", Message: "unsupported mode: " + string(c.Mode), Hint: "insert or merge"})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Destination{store: store, cfg: c}, nil
}

// Capabilities lists what the destination can do, whatever the config says.
func (Config) Capabilities() destinations.Capabilities {
	return destinations.Capabilities{
		Modes: []destinations.Mode{
			destinations.ModeInsert, destinations.ModeMerge, destinations.ModeMirror, destinations.ModeReplace,
		},
		Options: []destinations.Option{
			destinations.OptionDryRun, destinations.OptionDuplicateFail, destinations.OptionTouch,
			destinations.OptionMetadata, destinations.OptionGuards, destinations.OptionExactlyOnce,
			destinations.OptionMirrorScope, destinations.OptionMirrorTracked, destinations.OptionMirrorAtomic,
			destinations.OptionMirrorSoft,
		},
	}
}
