# A machine is a set of namespaces (pid, mount, network, host name, IPC) with a root directory of its own: the control
# plane is one, each node another. Sourced by cluster.sh.
# shellcheck shell=bash

# Cut off from every other network, so these may be in use elsewhere.
NODE_NETWORK=10.99.0
POD_NETWORK=10.244
SERVICE_NETWORK=10.96.0.0/16
API_SERVICE=10.96.0.1
API_ADDRESS=$NODE_NETWORK.1

node_address() { printf '%s\n' "$NODE_NETWORK.$((100 + $1))"; }
pod_network() { printf '%s\n' "$POD_NETWORK.$1.0/24"; }

# what the programs of a machine read from /etc; all else there is the machine's own
ETC=(alternatives ca-certificates.conf group ld.so.cache ld.so.conf ld.so.conf.d nsswitch.conf passwd protocols services
  ssl xattr.conf)

# make_root NAME: the directories a machine begins with. /usr, /dev and /sys are the host's, see machine-init.sh.
make_root() {
  local root=$STATE/$1/root file
  mkdir -p "$root"/{dev,etc/kubernetes,media,mnt,opt/kube,proc,root,run,srv,sys,usr,var/lib,var/log}
  mkdir -p -m 1777 "$root"/{tmp,var/tmp}
  ln -s /run "$root/var/run"
  for file in bin lib lib32 lib64 sbin; do
    [ ! -L "/$file" ] || cp -P "/$file" "$root/$file"
  done
  for file in "${ETC[@]}"; do
    [ ! -e "/etc/$file" ] || cp -a "/etc/$file" "$root/etc/"
  done
  printf '%s\n' "$1" >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n%s %s\n' "$2" "$1" >"$root/etc/hosts"
  # nobody answers there, and that at once
  echo nameserver 127.0.0.1 >"$root/etc/resolv.conf"
}

# start_machine NAME SCRIPT ARGUMENT...: SCRIPT becomes its first process. The programs are at /opt/kube.
start_machine() {
  local name=$1
  cp "$HERE/$2" "$STATE/$name/root/opt/$2"
  # the pid file comes first: whatever happens after that, `down` finds the process
  # shellcheck disable=SC2016
  setsid bash -c 'echo "$$ $(cut -d " " -f 22 /proc/$$/stat)" >"$1"; shift; exec "$@"' _ "$STATE/pid/$name" \
    unshare --mount --net --pid --uts --ipc --fork --kill-child --propagation private \
    bash "$HERE/machine-init.sh" "$STATE/$name/root" "$(programs_directory)" "$name" "/opt/$2" "${@:3}" \
    >"$STATE/log/$name.log" 2>&1 </dev/null 9>&- &
  disown
  await "machine $name" test -s "$STATE/pid/$name"
  await "machine $name" machine_pid "$name" >/dev/null
}

# A pid may be another's by now; together with the time of its start it is not.
machine_runs() {
  local pid began
  [ -s "$STATE/pid/$1" ] && read -r pid began <"$STATE/pid/$1" &&
    [ "$(cut -d ' ' -f 22 "/proc/$pid/stat" 2>/dev/null)" = "$began" ]
}

# machine_pid NAME: the first process of its namespaces
machine_pid() {
  local outer rest child
  machine_runs "$1" || return 1
  read -r outer rest <"$STATE/pid/$1"
  child=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null) || return 1
  child=${child%% *}
  [ -n "$child" ] && printf '%s\n' "$child"
}

on_machine() {
  local pid
  pid=$(machine_pid "$1") || fail "there is no node $1 that runs"
  nsenter --target "$pid" --mount --net --pid --uts --ipc \
    env -i --chdir=/ TERM="${TERM:-dumb}" HOME=/root \
    LC_ALL=C.UTF-8 PATH=/opt/kube:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"
}

stop_everything() {
  local file name
  for file in "$STATE"/pid/*; do
    [ -e "$file" ] || continue
    stop_machine "$(basename "$file")"
  done
  for name in "$STATE"/*/root; do
    [ -d "$name" ] || continue
    name=$(basename "$(dirname "$name")")
    detach_loop_devices "$STATE/$name"
    remove_cgroups "$name"
    rm -rf --one-file-system "${STATE:?}/$name"
  done
}

# Its namespaces end with it, and with them the mounts, the links and every process.
stop_machine() {
  local pid rest inner
  if machine_runs "$1"; then
    inner=$(machine_pid "$1" || true)
    read -r pid rest <"$STATE/pid/$1"
    kill -KILL "$pid" 2>/dev/null || true
    await "the end of $1" gone "$pid"
    [ -z "$inner" ] || await "the end of $1" gone "$inner"
  fi
  rm -f "$STATE/pid/$1"
}

# or nothing but a number that its parent has not asked for
gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }

# detach_loop_devices DIRECTORY: those whose file is in it. Their path may be one of a namespace that is no more, the number of
# the file is not.
detach_loop_devices() {
  local device inode number
  number=$(stat -c '%Hd:%Ld' "$1")
  while read -r device inode; do
    if [ -n "$(find "$1" -xdev -inum "$inode" -type f -print -quit)" ]; then
      losetup --detach "$device"
    fi
  done < <(losetup --list --noheadings --output NAME,BACK-INO,BACK-MAJ:MIN |
    awk -v number="$number" '$3 == number { print $1, $2 }')
}

# await WHAT COMMAND...: until it succeeds
await() {
  local deadline=$((SECONDS + PATIENCE))
  until "${@:2}" 2>/dev/null; do
    [ $SECONDS -lt $deadline ] || fail "$1 did not come about in $PATIENCE s; see $STATE/log"
    sleep 0.1
  done
}

# ---- cgroups: one hierarchy of version 2, or one for each controller --------------------------------------------------

cgroup_hierarchies() { awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/self/mounts | sort -u; }

make_cgroups() {
  local hierarchy file
  for hierarchy in $(cgroup_hierarchies); do
    mkdir -p "$hierarchy/$CGROUP-$1"
    # a cpuset starts without processors, and takes no process until it has some
    for file in cpuset.cpus cpuset.mems; do
      [ ! -e "$hierarchy/cgroup.clone_children" ] || [ ! -e "$hierarchy/$file" ] ||
        cat "$hierarchy/$file" >"$hierarchy/$CGROUP-$1/$file"
    done
  done
}

remove_cgroups() {
  local hierarchy
  for hierarchy in $(cgroup_hierarchies); do
    await "the end of the cgroups of $1" cgroup_removed "$hierarchy/$CGROUP-$1"
  done
}

cgroup_removed() {
  [ ! -d "$1" ] || find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
  [ ! -d "$1" ]
}
