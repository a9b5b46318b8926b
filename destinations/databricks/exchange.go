package databricks

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// exchange is what is known of one statement's, or one session's, way over HTTP. It is safe for concurrent use: the
// transport writes from net/http's goroutines.
type exchange struct {
	mu         sync.Mutex
	carried    bool // a transport of ours is below: the other fields mean something
	sent       bool // bytes left this machine
	status     int  // of the reply, 0 if none came
	retryAfter time.Duration
	login      error // why it was not sent: there is no token
}

type exchangeKey struct{}

func withExchange(ctx context.Context) (context.Context, *exchange) {
	x := &exchange{}
	return context.WithValue(ctx, exchangeKey{}, x), x
}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	if x != nil {
		x.mu.Lock()
		x.carried = true
		x.mu.Unlock()
	}
	return x
}

func (x *exchange) wrote() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sent = true
}

func (x *exchange) answered(resp *http.Response) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.status, x.retryAfter = resp.StatusCode, retryAfter(resp.Header)
}

// withheld notes that a request stayed here because drt could not log in.
func (x *exchange) withheld(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.login = err
}

// reply is what an exchange came to.
type reply struct {
	unsent     bool // surely nothing left this machine
	status     int  // HTTP status, 0 if none came or nobody watched
	retryAfter time.Duration
	login      error // why drt could not log in; then it is unsent
}

func (x *exchange) reply() reply {
	x.mu.Lock()
	defer x.mu.Unlock()
	return reply{unsent: x.carried && !x.sent, status: x.status, retryAfter: x.retryAfter, login: x.login}
}
