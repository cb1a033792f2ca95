package wakatest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
)

// countingDriver is SQLite's driver with every question to the store counted.
const countingDriver = "sqlite-counted"

var (
	asked    atomic.Int64
	register = sync.OnceFunc(func() { sql.Register(countingDriver, counted{&sqlite.Driver{}}) })
)

// Queries is how many questions all Houses have put to their stores so far.
func Queries() int64 { return asked.Load() }

type counted struct{ driver.Driver }

// Open opens a connection that counts.
func (d counted) Open(name string) (driver.Conn, error) {
	c, err := d.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return connection{c}, nil
}

type connection struct{ driver.Conn }

// QueryContext counts and asks.
func (c connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	asked.Add(1)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// ExecContext counts and acts.
func (c connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	asked.Add(1)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

// BeginTx begins a transaction.
func (c connection) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

// PrepareContext prepares a statement.
func (c connection) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}
