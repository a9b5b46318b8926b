package connector_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
)

func TestE12_LiteralSecretsAreRefused(t *testing.T) {
	_, ds := decode(`host_env: H
table: t
token: abc
password: 'x'
access_token: 12
mode: dapi0123456789abcdef0123456789abcdef
staging: {db_password: x}
raw: {deep: [{note: "see dapi0123456789abcdef0123456789abcdef-2"}]}
columns: {token: STRING, password: STRING}
`)
	wantTold(t, ds,
		"3:8-11 token: literal token in YAML | name the environment variable that holds it: `token_env: DATABRICKS_TOKEN`",
		"4:11-14 password: literal password in YAML | name the environment variable that holds it: `password_env: PASSWORD`",
		"5:15-17 access_token: literal access_token in YAML | name the environment variable that holds it: `token_env: DATABRICKS_TOKEN`",
		"6:7-43 mode: literal token in YAML | name the environment variable that holds it in the *_env key, `token_env: DATABRICKS_TOKEN`",
		`6:7-43 mode: unsupported mode | expected one of insert, merge`,
		"7:24-25 staging.db_password: literal db_password in YAML | name the environment variable that holds it: `db_password_env: DB_PASSWORD`",
		"8:21-65 raw.deep[0].note: literal token in YAML | name the environment variable that holds it in the *_env key, `token_env: DATABRICKS_TOKEN`",
	)
}

func TestE12_EnvKeysHoldNamesOfVariables(t *testing.T) {
	_, ds := decode("host_env: my host\ntoken_env: aws-sm://prod/token#field\ntable: t\n")
	wantTold(t, ds,
		"1:11-18 host_env: host_env must be the name of an environment variable | write `host_env: HOST` and set that variable",
		"2:12-37 token_env: token_env: references to a secret store (aws-sm://) are not supported yet | write `token_env: TOKEN` and set that variable",
	)
}

func TestIsSecretKey(t *testing.T) {
	for _, name := range []string{"token", "Access-Token", "password", "db_password", "client_secret", "api_key", "private_key_passphrase"} {
		if !connector.IsSecretKey(name) {
			t.Errorf("%q does not count as a secret", name)
		}
	}
	for _, name := range []string{"token_env", "token_url", "upsert_key", "key", "secretary", "passwords_table"} {
		if connector.IsSecretKey(name) {
			t.Errorf("%q counts as a secret", name)
		}
	}
}

// canary stands where users put secrets. Whatever is wrong around it, no output shows it.
const canary = "c4n4ry-s3cr3t"

func TestE12_NoOutputShowsASecret(t *testing.T) {
	token := "dapi0123456789abcdef0123456789abcdef"
	for name, text := range map[string]string{
		"plain":                 "token: CANARY\n",
		"plain with commas":     "password: a, CANARY, b\n",
		"wrong type":            "password: [a, CANARY]\n",
		"quoted":                "password: \"x \\\" CANARY\"\n",
		"flow":                  "staging: {password: CANARY, loadr: x}\n",
		"flow, quoted":          "staging: {x: 'a, b', \"password\": 'a, CANARY', loadr: x}\n",
		"flow, in front":        "staging: {loadr: x, token: CANARY}\n",
		"no space":              "staging: {\"token\":\"CANARY\", zz: 1}\n",
		"block text":            "password: |\n  CANARY\n  CANARY: x\n",
		"block text, tab":       "password: |\n  CANARY\n\tCANARY\n",
		"open quote":            "password: \"CANARY\nCANARY x\n",
		"open quote, next line": "password: 'x\nCANARY\n",
		"open flow":             "staging: {password: CANARY\nCANARY: [\n",
		"value on next line":    "password:\n  CANARY\nx: @\n",
		"value below, broken":   "password:\n  CANARY: @\n",
		"duplicate":             "password: a\npassword: CANARY\n",
		"alias":                 "x: &p CANARY\npassword: *p\n",
		"list":                  "password:\n- CANARY\n- @CANARY\n",
		"env key":               "token_env: CANARY CANARY\n",
		"env key, quoted":       "token_env: 'CANARY?'\n",
		"env key in flow":       "staging: {token_env: CANARY!, zz: 1}\n",
		"token as value":        "table: TOKEN\n",
		"token as key":          "TOKEN: 1\n",
		"token deep as key":     "staging: {TOKEN: {a: 1}}\n",
		"token in a list":       "host_env: [TOKEN]\nupsert_key: TOKEN\n",
		"token in a comment":    "zzz: 1 # TOKEN\n",
		"token in broken text":  "zzz: @ # TOKEN\n",
		"token, long line":      "upsert_key: [" + strings.Repeat("a, ", 200) + "TOKEN, {a: 1}]\n",
		"merged":                "b: &b {password: CANARY}\nstaging: {<<: *b, loadr: 1}\n",
		"tagged":                "password: !x CANARY\n",
		"expanded":              "table: ${SECRET}\nport: ${SECRET}\nmode: ${SECRET}\nupsert_key: ${SECRET}\ncreate: ${SECRET}\ntimeout: ${SECRET}\n",
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.NewReplacer("CANARY", canary, "TOKEN", token).Replace(text)
			n, ds := connector.ParseNode("a.yml", []byte(text))
			if n != nil {
				expanded, more := n.Expand(func(s string) (string, []*connector.TextError) {
					return strings.ReplaceAll(s, "${SECRET}", canary), nil
				})
				ds = append(append(ds, more...), connector.Decode(expanded, &config{})...)
			}
			if len(ds) == 0 {
				t.Fatal("the text has no mistake: nothing is shown")
			}
			var out bytes.Buffer
			_ = ds.Print(&out, false)
			_ = ds.WriteJSON(&out)
			for _, d := range ds {
				out.WriteString(d.String())
			}
			if s := out.String(); strings.Contains(s, canary) || strings.Contains(s, token) || strings.Contains(s, canary[:6]) {
				t.Errorf("the secret is shown:\n%s", s)
			}
		})
	}
}
