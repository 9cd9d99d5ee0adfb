// The front end of the LM Studio simulator, as one file that needs no other: for a container image without Perl. It does
// what the Perl front end does, which ../resources contains. dev.lmstudiooperator.simulator.cli.CliConnection describes the
// protocol.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

var cliPort = regexp.MustCompile(`"cliPort":\s*(\d+)`)

func main() {
	if seconds := os.Getenv(grandchildSeconds); seconds != "" {
		sleepAsGrandchild(seconds)
	}
	signal.Ignore(syscall.SIGPIPE)
	simulator := connect()
	var writes sync.Mutex
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGINT)
	writes.Lock()
	go func() {
		for range interrupts {
			writes.Lock()
			simulator.Write([]byte("I"))
			writes.Unlock()
		}
	}()
	simulator.Write(hello())
	writes.Unlock()
	execute(simulator)
	fmt.Fprintln(os.Stderr, "Error: WebSocket connection closed")
	os.Exit(1)
}

// connect returns the connection to the simulator. The file with its port is next to the executable, or in the directory
// above. Without a simulator, the process ends like lms without LM Studio.
func connect() net.Conn {
	self, err := os.Executable()
	if err != nil {
		exitWithoutSimulator()
	}
	for _, file := range []string{"simulator.json", "../simulator.json"} {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(self), file))
		if err != nil {
			continue
		}
		if port := cliPort.FindSubmatch(content); port != nil {
			if connection, err := net.Dial("tcp4", "127.0.0.1:"+string(port[1])); err == nil {
				return connection
			}
		}
		break
	}
	exitWithoutSimulator()
	return nil
}

func exitWithoutSimulator() {
	words := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(word string) bool { return strings.HasPrefix(word, "-") })
	command := strings.Join(words, " ")
	file := os.Getenv("LMS_API_SERVER_INFO_PATH")
	switch {
	case slices.Contains(os.Args[1:], "-v") || slices.Contains(os.Args[1:], "--version"):
		exit(0, "CLI commit: 07b7252\n", "")
	case command == "version":
		exit(0, `{"version":"07b7252"}`+"\n", "")
	case command == "server status":
		exit(0, `{"running":false}`+"\n", "")
	case command == "daemon status":
		exit(0, `{"status":"not-running"}`+"\n", "")
	case command == "daemon down":
		exit(1, "", "Daemon is not running.\n")
	case file != "" && file != "0":
		exit(1, "", "Error: Failed to connect using "+file+".\n")
	}
	exit(1, "", "Error: LM Studio daemon is not running and no valid installation could be found or installed.\n"+
		"Error: Failed to start or connect to local LM Studio API server.\n")
}

func exit(code int, out, err string) {
	os.Stdout.WriteString(out)
	os.Stderr.WriteString(err)
	os.Exit(code)
}

// hello returns the call: arguments, environment and stream types.
func hello() []byte {
	directory, err := os.Readlink("/proc/self/cwd")
	if err != nil {
		if directory, err = os.Getwd(); err != nil {
			directory = "/"
		}
	}
	strings := []string{strconv.Itoa(os.Getpid()), streamType(0), streamType(1), streamType(2), directory, strconv.Itoa(len(os.Args) - 1)}
	strings = append(strings, os.Args[1:]...)
	strings = append(strings, os.Environ()...)
	bytes := binary.BigEndian.AppendUint32(nil, uint32(len(strings)))
	for _, text := range strings {
		bytes = binary.BigEndian.AppendUint32(bytes, uint32(len(text)))
		bytes = append(bytes, text...)
	}
	return bytes
}

func streamType(descriptor int) string {
	var stat syscall.Stat_t
	if syscall.Fstat(descriptor, &stat) != nil {
		return "closed"
	}
	switch stat.Mode & syscall.S_IFMT {
	case syscall.S_IFIFO:
		return "pipe"
	case syscall.S_IFREG:
		return "file"
	case syscall.S_IFSOCK:
		return "socket"
	}
	if isTerminal(descriptor) {
		return "tty"
	}
	return "null"
}

// execute reads the commands of the simulator until the connection ends. Each has a type, a length and a payload.
func execute(simulator io.Reader) {
	header := make([]byte, 5)
	for {
		if _, err := io.ReadFull(simulator, header); err != nil {
			return
		}
		payload := make([]byte, binary.BigEndian.Uint32(header[1:]))
		if _, err := io.ReadFull(simulator, payload); err != nil {
			return
		}
		run(header[0], payload)
	}
}

func run(command byte, payload []byte) {
	text := string(payload)
	switch command {
	case 'o':
		writeAll(1, payload)
	case 'e':
		writeAll(2, payload)
	case 'x':
		os.Exit(number(text))
	case 's':
		endBySignal(text)
	case 'i':
		signal.Ignore(syscall.SIGINT)
	case 't':
		signal.Ignore(syscall.SIGTERM, syscall.SIGHUP)
	case 'g':
		startGrandchild(text)
	case 'd':
		startZombie()
	case 'z':
		writeGarbage(number(text))
	case 'b':
		burnCPU(number(text))
	}
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		exit(1, "", "lms: the simulator sent no number: "+text+"\n")
	}
	return value
}

// writeAll writes as os.File does not: an error, such as a closed pipe, has no effect.
func writeAll(descriptor int, bytes []byte) {
	for len(bytes) > 0 {
		written, err := syscall.Write(descriptor, bytes)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return
		}
		bytes = bytes[written:]
	}
}
