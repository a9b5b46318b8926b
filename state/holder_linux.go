package state

import (
	"os"
	"strconv"
	"strings"
)

// pidDomain is one boot of one kernel and one pid namespace in it: containers share the first, not the second.
func pidDomain() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil || pidStarted(os.Getpid()) == "" {
		return ""
	}
	return strings.TrimSpace(string(boot)) + " " + namespace
}

// pidStarted returns when pid was started, in clock ticks since boot; "" if there is no such process. A zombie has
// ended.
func pidStarted(pid int) string {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	// The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
	_, rest, ok := strings.Cut(string(stat[max(0, strings.LastIndexByte(string(stat), ')')):]), ") ")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return ""
	}
	return fields[19]
}
