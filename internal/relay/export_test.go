package relay

import (
	"encoding/json"

	"github.com/wakachi/wakachi/internal/parcel"
)

// Hold is hold, for its tests.
func Hold(objects []json.RawMessage) []parcel.HeldBack { return hold(objects) }
