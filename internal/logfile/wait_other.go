//go:build !unix

package logfile

// doNotWait is not needed where pipes have names of their own.
const doNotWait = 0
