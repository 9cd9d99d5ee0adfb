# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# Detects another agent for the LM Studio of this machine. It holds the lock that the operator of the demo would wait for.

require_no_other_agent() {
  local state=$lms_home/.lmstudio-operator/lock process
  process=$(locking_process "$state")
  if [ -n "$process" ]; then
    refuse "an agent of lmstudio-operator already runs for this LM Studio: process $process has locked $state." \
      "Stop it first, or try the demo with a simulated LM Studio: \`make demo\` without LMS and MODEL."
  fi
}

# Prints the process that holds a Java FileLock on the file; nothing if there is no lock, independent of the content. It is a
# lock of fcntl(2), which flock(1) does not detect. If the process runs in a container, its ID is not visible here.
locking_process() { # <file>
  perl -MFcntl -e '
    my ($layout, $type, $pid) = $^O eq "darwin" ? ("q q l s s", 3, 2) : ("s s x4 q q l x4", 0, 4);
    open my $file, "<", $ARGV[0] or exit;
    my @wanted = (0) x 5;
    $wanted[$type] = F_WRLCK;
    my $lock = pack $layout, @wanted;
    fcntl $file, F_GETLK, $lock or exit;
    my @found = unpack $layout, $lock;
    exit if $found[$type] == F_UNLCK;
    print $found[$pid] > 0 ? $found[$pid] : "unknown";
  ' "$1"
}
