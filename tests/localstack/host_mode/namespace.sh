# Runs a function's first process in a mount namespace of its own, with Lambda's folders in their places.
#
#   unshare --mount sh namespace.sh ROOT TASK LAYERS RUNTIME LANGUAGE COMMAND...
#
# ROOT holds the empty folders var/{task,runtime,lang} and tmp. RUNTIME and LANGUAGE may be empty (custom runtimes).
# The order matters: a source may lie under /opt, /var or /tmp, and is out of sight once that is covered.
set -eu
root=$1 task=$2 layers=$3 runtime=$4 language=$5
shift 5

readlink /proc/self/ns/mnt >"$root/namespace"

bind_read_only() {
    mount --bind "$1" "$2"
    # Refused in some user namespaces; then the function may write where Lambda would not let it.
    mount -o remount,bind,ro "$2" 2>/dev/null || true
}

bind_read_only "$task" "$root/var/task"
if [ -n "$runtime" ]; then
    bind_read_only "$runtime" "$root/var/runtime"
    mount --rbind "$language" "$root/var/lang"
fi
bind_read_only "$layers" /opt
mount --rbind "$root/var" /var
mount --bind "$root/tmp" /tmp

cd /var/task
exec "$@"
