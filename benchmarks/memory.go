package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// watchMemory looks at the peak of a process's resident memory while it runs; peak is the last it saw, in MB. The maximum
// that wait4 tells is not that: between fork and exec the child counts the memory of this process, sandbox included.
func watchMemory(pid int) (peak func() float64) {
	stop, seen := make(chan struct{}), make(chan float64)
	go func() {
		last := 0.0
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			if kb, err := strconv.ParseFloat(strings.TrimSuffix(procLine(fmt.Sprintf("/proc/%d/status", pid), "VmHWM"), " kB"), 64); err == nil {
				last = kb / 1024
			}
			select {
			case <-tick.C:
			case <-stop:
				seen <- last
				return
			}
		}
	}()
	return func() float64 {
		close(stop)
		return <-seen
	}
}
