package wanted

import (
	_ "embed"
	"sync"
)

//go:embed data/benign.tsv
var benignTSV string

// benignValues holds what is everybody's. Names of files have "file:" before them.
var benignValues = sync.OnceValue(func() map[string]struct{} {
	out := map[string]struct{}{}
	for _, f := range rows(benignTSV) {
		if f[0] == "file" {
			f[1] = "file:" + f[1]
		}
		out[f[1]] = struct{}{}
	}
	return out
})

func isBenign(s string) bool {
	_, ok := benignValues()[s]
	return ok
}
