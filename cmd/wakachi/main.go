// Command wakachi divides what is known about a cyber attack, and shares the part that helps others.
package main

import (
	"os"

	"github.com/wakachi/wakachi/internal/app"
)

func main() { os.Exit(app.Main(os.Args, os.Stdin, os.Stdout, os.Stderr)) }
