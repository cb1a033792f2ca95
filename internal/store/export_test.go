package store

import "context"

// Pragma sets something of the writing connection, such as a limit that makes the disk full.
func Pragma(ctx context.Context, s *Store, statement string) error {
	_, err := s.writer.ExecContext(ctx, statement)
	return err
}
