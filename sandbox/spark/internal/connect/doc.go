// Package connect is the protocol of Spark Connect, as far as the test engine speaks it.
//
//go:generate protoc --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative connect.proto
package connect
