package relay

import "encoding/json"

// Hold is hold, for its tests.
func Hold(objects []json.RawMessage) []Held { return hold(objects) }
