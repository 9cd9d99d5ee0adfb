// The first process of a process namespace: of a Pod, of a node, and of the cluster. It reaps orphans, and ends on SIGTERM
// or SIGINT. The end of the first process ends all others of its namespace.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGCHLD, syscall.SIGTERM, syscall.SIGINT)
	for {
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 && err != syscall.EINTR {
				break
			}
		}
		if <-signals != syscall.SIGCHLD {
			return
		}
	}
}
