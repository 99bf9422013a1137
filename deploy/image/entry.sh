#!/usr/bin/env bash
# What a container of the image does: `entry.sh agent|data-plane [SHARED-DIRECTORY...]`, `entry.sh csi|operator|holder`.
set -euo pipefail

SAGARA=/usr/lib/sagara
export LC_ALL=C.UTF-8 MALLOC_ARENA_MAX=2

fail() {
  echo "$*" >&2
  exit 1
}

# take_host_root SHARED-DIRECTORY...: makes the host's root directory, a volume at /host, the root directory of this mount
# namespace, with the image's programs in it. Mounts below the shared directories, which are volumes in their own place,
# go to the host and come from it; elsewhere they only come.
take_host_root() {
  local new=/run/root directory
  [ -d /host/usr ] && [ -d /host/etc ] || fail "/host must be a volume with the host's root directory, with /usr and /etc"
  # The runtime may have this root shared with the host, and what is mounted here must not appear there.
  mount --make-private /
  mount -t tmpfs tmpfs /run
  mount --make-private /run
  mkdir "$new"
  mount --rbind /host "$new"
  mount --make-rslave "$new"
  mount --rbind /usr "$new/usr"
  mount --rbind /etc "$new/etc"
  for directory in bin lib lib64 sbin; do
    # a link leads to /usr, which is the image's already
    [ -L "$new/$directory" ] || [ ! -d "$new/$directory" ] || mount --bind "/usr/$directory" "$new/$directory"
  done
  mount -t tmpfs -o mode=1777 tmpfs "$new/tmp"
  for directory in "$@"; do
    mountpoint --quiet "$directory" || fail "$directory must be a volume with propagation in both directions"
    mount --rbind "$directory" "$new$directory"
  done
  mkdir "$new/tmp/old"
  cd "$new"
  pivot_root . tmp/old
  # what goes away here must not go away on the host
  mount --make-rprivate /tmp/old
  umount --lazy /tmp/old
  rmdir /tmp/old
}

java() {
  local cache=$SAGARA/lib/$1.aot flags=()
  [ ! -f "$cache" ] || flags=("-XX:AOTCache=$cache")
  exec java "${flags[@]}" --module-path="$SAGARA/lib/$1" "@$SAGARA/conf/$1.jvm"
}

case ${1:-} in
agent)
  take_host_root "${@:2}"
  java agent
  ;;
data-plane)
  take_host_root "${@:2}"
  # the agent starts GlusterFS' daemons in the cgroups and the mount namespace of this process
  mkdir -p /run/sagara
  # with the time of its start, because pids come again
  echo "$$ $(cut -d ' ' -f 22 "/proc/$$/stat")" >/run/sagara/data-plane.pid.new
  mv /run/sagara/data-plane.pid.new /run/sagara/data-plane.pid
  exec sleep infinity
  ;;
# As the first process of its container it does not hear SIGTERM. The agent kills it when no brick is on its claim any more;
# else it ends when its pod's time to end is over.
holder) exec sleep infinity ;;
csi | operator) java "$1" ;;
*) fail "usage: entry.sh agent|data-plane [SHARED-DIRECTORY...], entry.sh csi|operator|holder" ;;
esac
