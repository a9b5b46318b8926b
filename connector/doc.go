// Package connector holds what sources and destinations share: strict decoding of YAML into a config struct
// (Decode, Fields), secrets that never print (Secret), errors that code can act on (Error, Kind) and
// diagnostics that point at a place in a file (Diagnostic).
//
// A connector is announced as a value, see sources.Define and destinations.Define; an import does nothing.
package connector
