// Package api speaks JSON to the programs of those who hold an incident.
//
// It is the desk without its pages: the same services, the same rights, the same refusals.
// A request says who asks with a token, as Bearer or as the password of Basic. Errors are
// RFC 9457 problems with the codes of package fault. The description is OpenAPI 3.1, made
// from the operations themselves, at /api/openapi.json.
package api

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/wakachi/wakachi/internal/account"
	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/phrase"
	"github.com/wakachi/wakachi/internal/relay"
	"github.com/wakachi/wakachi/internal/reporting"
	"github.com/wakachi/wakachi/internal/watch"
)

// A Config is what an API is made of. All fields are needed.
type Config struct {
	Accounts  *account.Accounts
	Casework  *casework.Casework
	Reporting *reporting.Reporting
	Office    *exchange.Office
	Relay     *relay.Relay
	Watch     *watch.Watch
}

// Prefix is where the operations stand; Description where their description does.
const (
	Prefix      = "/api/v1"
	Description = "/api/openapi.json"
)

// New makes a handler for everything under /api/.
func New(c Config) http.Handler {
	mux := http.NewServeMux()
	h := &handler{c}
	config := huma.DefaultConfig("wakachi", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", ""
	config.CreateHooks = nil // no links to schemas in answers
	config.Transformers = []huma.Transformer{quiet}
	config.RejectUnknownQueryParameters = true
	config.Info.Description = "The desk of those who hold an incident: incidents, items, decisions, releases."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer"}, "basic": {Type: "http", Scheme: "basic"},
	}
	config.Security = []map[string][]string{{"token": {}}, {"basic": {}}}
	api := humago.New(mux, config)
	api.UseMiddleware(h.admit(api))
	h.incidents(api)
	h.items(api)
	h.decisions(api)
	h.reporting(api)
	h.releases(api)
	h.house(api)
	h.exchange(api)
	return guarded(mux)
}

// guarded sets the headers every answer has.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

type handler struct{ Config }

type actorKey struct{}

// admit finds the actor of a request's token. Without one nothing is answered.
func (h *handler) admit(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		actor, err := h.Accounts.ByToken(ctx.Context(), token(ctx.Header("Authorization")))
		if err != nil {
			if fault.KindOf(err) == fault.Forbidden {
				ctx.SetHeader("WWW-Authenticate", `Bearer realm="wakachi"`)
				writeProblem(api, ctx, problemOf(fault.New(fault.Forbidden, "api.token"), http.StatusUnauthorized, ctx.Header("Accept-Language")))
				return
			}
			writeProblem(api, ctx, problemOf(err, 0, ctx.Header("Accept-Language")))
			return
		}
		next(huma.WithValue(huma.WithValue(ctx, actorKey{}, actor), languageKey{}, ctx.Header("Accept-Language")))
	}
}

// token takes the secret out of an Authorization header: Bearer, or Basic's password.
func token(header string) string {
	scheme, rest, _ := strings.Cut(header, " ")
	switch strings.ToLower(scheme) {
	case "bearer":
		return strings.TrimSpace(rest)
	case "basic":
		plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
		if err == nil {
			_, password, _ := strings.Cut(string(plain), ":")
			return password
		}
	}
	return ""
}

func actorOf(ctx context.Context) party.Actor {
	a, _ := ctx.Value(actorKey{}).(party.Actor)
	return a
}

type languageKey struct{}

// A Problem is an error as RFC 9457 has it, with a code that is never renamed.
type Problem struct {
	Title  string   `json:"title" doc:"what happened, in the language asked for"`
	Status int      `json:"status"`
	Code   string   `json:"code" doc:"such as exchange.two-people; never renamed"`
	Kind   string   `json:"kind" doc:"such as forbidden, conflict, withheld"`
	Args   []string `json:"args,omitempty"`
	Hint   string   `json:"hint,omitempty" doc:"what to do next"`
}

// Error gives the code.
func (p *Problem) Error() string { return p.Code }

// GetStatus gives the status of the answer.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType gives the media type of a problem.
//
// SPEC: RFC 9457 §3.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// unnamed are the failures whose arguments are names, which the desk marks in the text that was
// typed. A program's log or a terminal is told that there are some.
var unnamed = map[string]string{"exchange.sentence-betrays": "api.sentence-betrays", "casework.involved": "api.involved"}

func problemOf(err error, status int, language string) *Problem {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.Wrap(err, fault.Internal, "web.internal")
	}
	if status == 0 {
		status = f.Kind.Status()
	}
	if code, ok := unnamed[f.Code]; ok {
		f = fault.New(f.Kind, code)
	}
	l := phrase.ParseLanguage(language)
	hint, _ := l.Lookup(f.Code+".hint", f.Args...)
	return &Problem{Title: l.Text(f.Code, f.Args...), Status: status, Code: f.Code, Kind: f.Kind.String(), Args: f.Args, Hint: hint}
}

// quiet makes a Problem of what the framework says of a request it could not read. It would
// repeat the request: a whole body, notes and names, in an answer that programs log. Left is
// where it was wrong, unless that too is the request's own word.
func quiet(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	kind, code := fault.Usage, "api.request"
	if m.Status == http.StatusRequestEntityTooLarge {
		kind, code = fault.TooLarge, "web.too-large"
	}
	var at []string
	for _, e := range m.Errors {
		place, _, _ := strings.Cut(e.Location, ".")
		if strings.HasPrefix(e.Message, "expected") {
			place = e.Location
		}
		if len(at) < 20 && !slices.Contains(at, place) {
			at = append(at, place)
		}
	}
	f := fault.New(kind, code)
	if kind == fault.Usage {
		f.Args = []string{strings.Join(at, ", ")}
	}
	return problemOf(f, m.Status, ctx.Header("Accept-Language")), nil
}

func writeProblem(api huma.API, ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	_ = api.Marshal(ctx.BodyWriter(), "application/json", p) // whoever asked has gone
}

// An operation is one thing a program can ask for. Whatever goes wrong becomes a Problem.
func operation[I, O any](api huma.API, method, path, id, summary string, do func(context.Context, party.Actor, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: id, Method: method, Path: Prefix + path, Summary: summary,
		Errors: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity},
	}
	if method == http.MethodPost && slices.Contains([]string{"open-incident", "add-item", "compose-release", "take-in", "create-account"}, id) {
		op.DefaultStatus = http.StatusCreated
	}
	if id == "take-in" {
		op.MaxBodyBytes = casework.MaxPaper + 1<<20
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, actorOf(ctx), in)
		if err != nil {
			language, _ := ctx.Value(languageKey{}).(string)
			return nil, problemOf(err, 0, language)
		}
		return out, nil
	})
}

// An Answer is a body and nothing else.
type Answer[T any] struct{ Body T }

func answer[T any](v T, err error) (*Answer[T], error) {
	if err != nil {
		return nil, err
	}
	return &Answer[T]{v}, nil
}
