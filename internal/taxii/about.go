package taxii

import (
	"net/http"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
)

// A discoveryResource says where the API roots are.
//
// SPEC: TAXII 2.1 §4.1.1.
type discoveryResource struct {
	Title   string   `json:"title"`
	Contact string   `json:"contact,omitempty"`
	Default string   `json:"default"`
	Roots   []string `json:"api_roots"`
}

// A rootResource says what an API root speaks and takes.
//
// SPEC: TAXII 2.1 §4.2.1.
type rootResource struct {
	Title      string   `json:"title"`
	Versions   []string `json:"versions"`
	MaxContent int64    `json:"max_content_length"`
}

// A collectionResource is a collection as one asker may use it.
//
// SPEC: TAXII 2.1 §5.2.1.
type collectionResource struct {
	ID          parcel.CollectionID `json:"id"`
	Title       string              `json:"title"`
	Description string              `json:"description,omitempty"`
	CanRead     bool                `json:"can_read"`
	CanWrite    bool                `json:"can_write"`
	MediaTypes  []string            `json:"media_types"`
}

// A collectionsResource lists collections; without any it says nothing.
//
// SPEC: TAXII 2.1 §5.1.1.
type collectionsResource struct {
	Collections []collectionResource `json:"collections,omitempty"`
}

func (c *call) discover() error {
	if err := c.readableForm(); err != nil {
		return err
	}
	return c.reply(http.StatusOK, discoveryResource{Title: c.Title, Contact: c.Contact, Default: APIRoot, Roots: []string{APIRoot}})
}

func (c *call) root() error {
	if err := c.readableForm(); err != nil {
		return err
	}
	return c.reply(http.StatusOK, rootResource{Title: c.Title, Versions: []string{mediaType}, MaxContent: c.MaxContent})
}

func describe(x parcel.Collection) collectionResource {
	title := x.Title
	if title == "" {
		title = string(x.ID)
	}
	return collectionResource{x.ID, title, x.Description, x.CanRead, x.CanWrite, []string{stixMediaType}}
}

func (c *call) collections() error {
	if err := c.readableForm(); err != nil {
		return err
	}
	all, err := c.Shelves.Collections(c.r.Context(), c.actor)
	if err != nil {
		return err
	}
	var out collectionsResource
	for _, x := range all {
		out.Collections = append(out.Collections, describe(x))
	}
	return c.reply(http.StatusOK, out)
}

func (c *call) oneCollection() error {
	x, err := c.collection()
	if err == nil {
		err = c.readableForm()
	}
	if err != nil {
		return err
	}
	return c.reply(http.StatusOK, describe(x))
}

// notFound is what is said of everything that is not there, or not there for this asker.
func notFound() error { return fault.New(fault.NotFound, "taxii.not-found") }
