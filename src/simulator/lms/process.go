package main

import (
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// grandchildSeconds is the variable that makes this program a grandchild, because Go cannot fork without exec.
const grandchildSeconds = "LMS_SIMULATOR_GRANDCHILD_SECONDS"

func isTerminal(descriptor int) bool {
	var size [8]byte
	_, _, err := syscall.Syscall(syscall.SYS_IOCTL, uintptr(descriptor), syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&size)))
	return err == 0
}

func endBySignal(name string) {
	signals := map[string]syscall.Signal{
		"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "QUIT": syscall.SIGQUIT, "KILL": syscall.SIGKILL,
		"TERM": syscall.SIGTERM, "ABRT": syscall.SIGABRT, "SEGV": syscall.SIGSEGV, "PIPE": syscall.SIGPIPE,
	}
	number, known := signals[strings.TrimPrefix(name, "SIG")]
	if !known {
		exit(1, "", "lms: the simulator sent an unknown signal: "+name+"\n")
	}
	signal.Reset(number)
	syscall.Kill(os.Getpid(), number)
	// The runtime of Go handles some signals that it receives itself. SIGKILL ends the process in any case.
	time.Sleep(time.Second)
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// startGrandchild starts a process that keeps the streams open.
func startGrandchild(payload string) {
	seconds, ownGroup, _ := strings.Cut(payload, " ")
	start(ownGroup != "" && ownGroup != "0", grandchildSeconds+"="+seconds)
}

// startZombie starts a child that ends immediately, and that no process reaps.
func startZombie() {
	start(false, grandchildSeconds+"=0")
}

func start(ownGroup bool, variable string) {
	child := exec.Command("/proc/self/exe")
	child.Env = append(os.Environ(), variable)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: ownGroup}
	_ = child.Start()
}

func sleepAsGrandchild(seconds string) {
	signal.Reset(syscall.SIGINT)
	time.Sleep(time.Duration(number(seconds)) * time.Second)
	os.Exit(0)
}

func burnCPU(milliseconds int) {
	begun := spentCPU()
	for spentCPU()-begun < time.Duration(milliseconds)*time.Millisecond {
	}
}

func spentCPU() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func writeGarbage(remaining int) {
	block := make([]byte, 65536)
	for i := range block {
		block[i] = byte(i*7919 + i>>3)
	}
	for remaining > 0 {
		writeAll(1, block[:min(remaining, len(block))])
		remaining -= len(block)
	}
}
