package native

/*
#include <stdlib.h>
void drt_sandbox_scalar(void *info, void *input, void *output);
void drt_sandbox_release(void *extra);
static void *drt_sandbox_scalar_pointer(void) { return (void *)drt_sandbox_scalar; }
static void *drt_sandbox_release_pointer(void) { return (void *)drt_sandbox_release; }
*/
import "C"

import (
	"fmt"
	"runtime/cgo"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Function is a scalar function in Go. Apply computes rows 0 to n-1 of out from in; it must handle NULLs itself. An
// error ends the statement with the error's text.
type Function struct {
	Name   string
	Args   []Type
	Result Type
	Apply  func(in []Vector, out *Vector, n int) error
}

// Register makes f known to all connections of the database.
func (c *Conn) Register(f Function) error {
	fn := bindings.CreateScalarFunction()
	defer bindings.DestroyScalarFunction(&fn)
	bindings.ScalarFunctionSetName(fn, f.Name)
	for _, t := range f.Args {
		lt := t.logical()
		bindings.ScalarFunctionAddParameter(fn, lt)
		bindings.DestroyLogicalType(&lt)
	}
	lt := f.Result.logical()
	bindings.ScalarFunctionSetReturnType(fn, lt)
	bindings.DestroyLogicalType(&lt)
	bindings.ScalarFunctionSetSpecialHandling(fn)
	handle := C.malloc(C.size_t(unsafe.Sizeof(cgo.Handle(0))))
	*(*cgo.Handle)(handle) = cgo.NewHandle(&f)
	bindings.ScalarFunctionSetExtraInfo(fn, handle, C.drt_sandbox_release_pointer())
	bindings.ScalarFunctionSetFunction(fn, C.drt_sandbox_scalar_pointer())
	if bindings.RegisterScalarFunction(c.conn, fn) == bindings.StateError {
		return fmt.Errorf("duckdb: function %s was refused", f.Name)
	}
	return nil
}

//export drt_sandbox_scalar
func drt_sandbox_scalar(info, input, output unsafe.Pointer) {
	fi := bindings.FunctionInfo{Ptr: info}
	f := (*(*cgo.Handle)(bindings.ScalarFunctionGetExtraInfo(fi))).Value().(*Function)
	defer func() {
		// A panic must not unwind through C++ frames.
		if r := recover(); r != nil {
			bindings.ScalarFunctionSetError(fi, fmt.Sprintf("function %s: %v", f.Name, r))
		}
	}()
	chunk := bindings.DataChunk{Ptr: input}
	n := int(bindings.DataChunkGetSize(chunk))
	in := make([]Vector, len(f.Args))
	for i := range in {
		in[i] = view(bindings.DataChunkGetVector(chunk, bindings.IdxT(i)))
	}
	out := view(bindings.Vector{Ptr: output})
	if err := f.Apply(in, &out, n); err != nil {
		bindings.ScalarFunctionSetError(fi, err.Error())
	}
}

//export drt_sandbox_release
func drt_sandbox_release(extra unsafe.Pointer) {
	(*(*cgo.Handle)(extra)).Delete()
	C.free(extra)
}
