// Package project reads a project's files (drt_project.yml, profiles.yml, syncs/*.yml and the models they name) into
// validated syncs with their sources and destinations built, without touching anything else. Every mistake of every
// file is a connector.Diagnostic with file, line and column. The structs here are the only list of keys: the JSON
// Schema (Schema) comes from their tags. The user's guide is docs/guides/project-files.md.
package project
