// Package record holds the small helpers around Arrow record batches that sources, engine and destinations share.
//
// Ownership: who gets a batch releases it; a function that only looks at a batch neither retains nor releases.
package record
