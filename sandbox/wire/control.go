package wire

import (
	"encoding/json"
	"net/http"
	"time"
)

const controlPrefix = "/sandbox/"

// armedFault is a fault as the control endpoint reads and shows it. Hooks cannot cross a process.
type armedFault struct {
	On           Point  `json:"on,omitempty"`
	Match        string `json:"match,omitempty"`
	Nth          int    `json:"nth,omitempty"`
	Times        int    `json:"times,omitempty"`
	After        bool   `json:"after,omitempty"`
	Do           Action `json:"do,omitempty"`
	Class        string `json:"class,omitempty"`
	SQLState     string `json:"sqlstate,omitempty"`
	Message      string `json:"message,omitempty"`
	Status       int    `json:"status,omitempty"`
	RetryAfterMS int64  `json:"retry_after_ms,omitempty"`
	DelayMS      int64  `json:"delay_ms,omitempty"`
	Fired        int    `json:"fired"`
}

func (a armedFault) fault() Fault {
	f := Fault{On: a.On, Match: a.Match, Nth: a.Nth, Times: a.Times, After: a.After, Do: a.Do, Status: a.Status,
		RetryAfter: time.Duration(a.RetryAfterMS) * time.Millisecond, Delay: time.Duration(a.DelayMS) * time.Millisecond}
	if a.Class != "" || a.SQLState != "" || a.Message != "" {
		f.Error = &Error{Class: a.Class, SQLState: a.SQLState, Message: a.Message}
	}
	return f
}

// armedFaults lists the plan, in the order of the numbers.
func (f *Faults) armedFaults() []armedFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]armedFault, 0, len(f.armed))
	for _, a := range f.armed {
		shown := armedFault{On: a.On, Match: a.Match, Nth: a.Nth, Times: a.Times, After: a.After, Do: a.Do, Status: a.Status,
			RetryAfterMS: a.RetryAfter.Milliseconds(), DelayMS: a.Delay.Milliseconds(), Fired: a.fired}
		if a.Error != nil {
			shown.Class, shown.SQLState, shown.Message = a.Error.Class, a.Error.SQLState, a.Error.Message
		}
		out = append(out, shown)
	}
	return out
}

// serveControl lets another process inject faults and read the log:
//
//	POST /sandbox/faults {"on":"statement","match":"^MERGE","do":"drop","after":true}  answers {"number":1}
//	GET, DELETE /sandbox/faults    GET, DELETE /sandbox/log
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "POST /sandbox/faults":
		s.addFault(w, r)
	case "GET /sandbox/faults":
		writeJSONBody(w, http.StatusOK, s.Faults.armedFaults())
	case "DELETE /sandbox/faults":
		s.Faults.Clear()
		w.WriteHeader(http.StatusNoContent)
	case "GET /sandbox/log":
		writeJSONBody(w, http.StatusOK, s.Log.Entries())
	case "DELETE /sandbox/log":
		s.Log.Reset()
		w.WriteHeader(http.StatusNoContent)
	default:
		writeJSONBody(w, http.StatusNotFound, apiError{"ENDPOINT_NOT_FOUND", r.Method + " " + r.URL.Path})
	}
}

func (s *Server) addFault(w http.ResponseWriter, r *http.Request) {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxParamBytes))
	dec.DisallowUnknownFields()
	var a armedFault
	err := dec.Decode(&a)
	number := 0
	if err == nil {
		number, err = s.Faults.Add(a.fault())
	}
	if err != nil {
		writeJSONBody(w, http.StatusBadRequest, apiError{"INVALID_PARAMETER_VALUE", err.Error()})
		return
	}
	writeJSONBody(w, http.StatusOK, map[string]int{"number": number})
}
