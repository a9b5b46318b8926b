package wire

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// volumeStatement answers a statement about volumes.
func (s *Server) volumeStatement(ctx context.Context, sess *session, base string, st *volumeStatement) (*Result, error) {
	if s.Volumes == nil {
		return nil, unsupportedError("This sandbox was started without volumes.")
	}
	switch st.verb {
	case "PUT", "GET", "REMOVE":
		return s.stagingStatement(base, st)
	case "LIST":
		return s.listStatement(st)
	case "SHOW":
		return s.showVolumes(ctx, sess, st)
	}
	name, err := sess.volumeName(ctx, st.name)
	if err != nil {
		return nil, err
	}
	if st.verb == "DROP" {
		return s.dropVolume(name, st)
	}
	return s.createVolume(ctx, sess, name, st)
}

func (s *Server) createVolume(ctx context.Context, sess *session, name volumeName, st *volumeStatement) (*Result, error) {
	if err := sess.checkSchema(ctx, name.catalog, name.schema); err != nil {
		return nil, err
	}
	err := s.Volumes.create(name)
	if errors.Is(err, fs.ErrExist) && !st.lenient {
		return nil, &Error{Class: "VOLUME_ALREADY_EXISTS", SQLState: "42000",
			Message: fmt.Sprintf("Cannot create volume `%s` because it already exists. Choose a different name, drop it or add IF NOT EXISTS.", name)}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return &Result{Modified: -1}, nil
}

func (s *Server) dropVolume(name volumeName, st *volumeStatement) (*Result, error) {
	if err := s.Volumes.check(name); err != nil {
		if st.lenient {
			return &Result{Modified: -1}, nil
		}
		return nil, err
	}
	return &Result{Modified: -1}, s.Volumes.drop(name)
}

func (s *Server) showVolumes(ctx context.Context, sess *session, st *volumeStatement) (*Result, error) {
	name, err := sess.volumeName(ctx, append(append([]string{}, st.name...), "any"))
	if err != nil {
		return nil, err
	}
	if err := sess.checkSchema(ctx, name.catalog, name.schema); err != nil {
		return nil, err
	}
	match, err := showPattern(st.pattern)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, v := range s.Volumes.names(name.catalog, name.schema) {
		if match.MatchString(v) {
			rows = append(rows, []any{name.schema, v})
		}
	}
	return textResult([]string{"database", "volume_name"}, rows), nil
}

// showPattern compiles the pattern of SHOW: * matches anything, | separates alternatives, case does not matter.
func showPattern(pattern string) (*regexp.Regexp, error) {
	if pattern == "" {
		pattern = "*"
	}
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, `.*`, `\|`, `|`).Replace(quoted)
	return regexp.Compile("(?is)^(?:" + quoted + ")$")
}

func (s *Server) listStatement(st *volumeStatement) (*Result, error) {
	p, err := parseVolumePath(st.path)
	if err != nil {
		return nil, err
	}
	infos, err := s.Volumes.list(p)
	if err != nil {
		return nil, err
	}
	if st.limit >= 0 {
		infos = infos[:min(st.limit, len(infos))]
	}
	var rows [][]any
	for _, info := range infos {
		name, size := info.Name(), info.Size()
		if info.IsDir() {
			name, size = name+"/", 0
		}
		rows = append(rows, []any{p.String() + "/" + name, name, size, info.ModTime().UnixMilli()})
	}
	return tableResult([]Column{
		{Name: "path", Type: "STRING"}, {Name: "name", Type: "STRING"},
		{Name: "size", Type: "BIGINT"}, {Name: "modification_time", Type: "BIGINT"},
	}, rows), nil
}

// volumeName completes the name of a volume with the session's catalog and schema.
func (s *session) volumeName(ctx context.Context, parts []string) (volumeName, error) {
	if len(parts) > 3 {
		return volumeName{}, &Error{Class: "PARSE_SYNTAX_ERROR", SQLState: "42601", Message: "A volume has a name of at most three parts."}
	}
	if len(parts) < 3 {
		current, err := s.column(ctx, "SELECT concat(current_catalog(), '.', current_schema())")
		if err != nil {
			return volumeName{}, err
		}
		catalog, schema, _ := strings.Cut(strings.Join(current, ""), ".")
		parts = append([]string{catalog, schema}[:3-len(parts)], parts...)
	}
	for _, part := range parts {
		if err := checkName(part); err != nil {
			return volumeName{}, err
		}
	}
	return volumeName{strings.ToLower(parts[0]), strings.ToLower(parts[1]), strings.ToLower(parts[2])}, nil
}

// checkSchema asks the engine whether a schema exists.
func (s *session) checkSchema(ctx context.Context, catalog, schema string) error {
	names, err := s.column(ctx, "SHOW SCHEMAS IN "+quote(catalog))
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.EqualFold(name, schema) {
			return nil
		}
	}
	return &Error{Class: "SCHEMA_NOT_FOUND", SQLState: "42704", Message: fmt.Sprintf("The schema `%s`.`%s` cannot be found.", catalog, schema)}
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
