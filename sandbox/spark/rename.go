package spark

import (
	"strings"

	"github.com/drt-go/drt/sandbox/lex"
	"github.com/drt-go/drt/sandbox/wire"
)

// rename sends every catalog to spark_catalog: open-source Spark has no other with Delta in it.
func rename(tokens []lex.Token) []lex.Token {
	out := append([]lex.Token(nil), tokens...)
	for i := range out {
		if isCatalog(out, i) {
			out[i].Raw, out[i].Value, out[i].Kind = "spark_catalog", "spark_catalog", lex.Word
		}
	}
	return out
}

// isCatalog reports whether the name at i is a catalog of ours at the head of a dotted name.
func isCatalog(tokens []lex.Token, i int) bool {
	t := tokens[i]
	if t.Kind != lex.Word && t.Kind != lex.Quoted {
		return false
	}
	if name := strings.ToLower(t.Value); name != "main" && name != "hive_metastore" {
		return false
	}
	if i > 0 && tokens[i-1].Is(".") {
		return false
	}
	return i+1 < len(tokens) && tokens[i+1].Is(".")
}

// localFiles replaces paths of volumes in parquet.`/Volumes/...` by paths on this machine. A list in braces is
// of files in one volume.
func localFiles(tokens []lex.Token, resolve Resolve) ([]lex.Token, error) {
	out := append([]lex.Token(nil), tokens...)
	for i, t := range out {
		if t.Kind != lex.Quoted || !strings.HasPrefix(t.Value, "/Volumes/") || i < 2 || !out[i-1].Is(".") || !out[i-2].Is("parquet") {
			continue
		}
		path, err := localPath(t.Value, resolve)
		if err != nil {
			return nil, err
		}
		out[i].Value, out[i].Raw = path, quote(path)
	}
	return out, nil
}

func localPath(path string, resolve Resolve) (string, error) {
	if resolve == nil {
		return "", &wire.Error{Class: "UNSUPPORTED_IN_SANDBOX", SQLState: "0A000", Message: "volumes: this engine has none"}
	}
	dir, list, braced := strings.Cut(path, "/{")
	if !braced {
		local, err := resolve(path)
		return "file://" + local, err
	}
	var locals []string
	var folder string
	for name := range strings.SplitSeq(strings.TrimSuffix(list, "}"), ",") {
		local, err := resolve(dir + "/" + name)
		if err != nil {
			return "", err
		}
		at := strings.LastIndexByte(local, '/')
		folder = local[:at]
		locals = append(locals, local[at+1:])
	}
	return "file://" + folder + "/{" + strings.Join(locals, ",") + "}", nil
}
