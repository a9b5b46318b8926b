package connector

import (
	"regexp"
	"slices"
	"strings"
)

const tokenHint = "name the environment variable that holds it in the *_env key, `token_env: DATABRICKS_TOKEN`"

// IsSecretKey says that the value under name is a secret itself, not the name of an environment variable that holds one.
func IsSecretKey(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "-", "_"))
	return slices.Contains([]string{
		"token", "access_token", "auth_token", "api_token", "bearer_token", "refresh_token", "password", "passwd", "pwd",
		"secret", "client_secret", "api_key", "apikey", "secret_key", "access_key", "secret_access_key", "private_key",
		"passphrase", "connection_string", "webhook_url", "authorization",
	}, name) || strings.HasSuffix(name, "_password") || strings.HasSuffix(name, "_secret") || strings.HasSuffix(name, "_passphrase")
}

// databricksToken is a Databricks personal access token or OAuth secret wherever it stands in a text.
var databricksToken = regexp.MustCompile(`(?:dapi|dose|dkea)[0-9a-f]{16,}`)

// looksLikeToken says that text holds a Databricks token: a whole one anywhere in it, or one cut short or made up
// ("dapi12345678") as all of it.
func looksLikeToken(text string) bool {
	if databricksToken.MatchString(text) {
		return true
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "dapi")
	return ok && len(rest) >= 8 && strings.ContainsAny(rest, "0123456789") && !strings.ContainsFunc(rest, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-')
	})
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// literalSecret checks the value of n against its key: a secret itself, or an *_env key that names no variable.
func (n *Node) literalSecret() (Diagnostic, bool) {
	v := resolveAlias(n.YAML)
	if n.Key == nil || v.Value == "" || v.ShortTag() == "!!null" || v.ShortTag() == "!!bool" {
		return Diagnostic{}, false
	}
	key := n.Key.Value
	if base, ok := strings.CutSuffix(key, "_env"); ok && v.ShortTag() == "!!str" && !variableName.MatchString(v.Value) {
		hint := "write `" + key + ": " + strings.ToUpper(base) + "` and set that variable"
		if scheme, _, found := strings.Cut(v.Value, "://"); found && variableName.MatchString(strings.ReplaceAll(scheme, "-", "_")) {
			return n.diagnostic(key+": references to a secret store ("+scheme+"://) are not supported yet", hint), true
		}
		return n.diagnostic(key+" must be the name of an environment variable", hint), true
	}
	if IsSecretKey(key) {
		hint := "name the environment variable that holds it: `" + key + "_env: " + strings.ToUpper(key) + "`"
		return Diagnostic{Range: rangeOf(n.File, n.YAML), Path: n.Path, Summary: "literal " + key + " in YAML", Hint: hint}, true
	}
	return Diagnostic{}, false
}
