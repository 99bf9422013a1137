#!/usr/bin/env bash
# The first process of a machine: `machine-init.sh ROOT PROGRAMS NAME COMMAND...`. Makes ROOT the root directory of its
# mount namespace and becomes COMMAND. Nothing of the host's mounts stays, so that none is kept from being unmounted.
set -euo pipefail

root=$1 programs=$2 name=$3
shift 3
hostname "$name"
mount --bind "$root" "$root"
mount --make-private "$root"
# share WHAT OPTION...: a part of the host, in the same place
share() {
  mount "${@:2}" "$1" "$root$1"
  mount --make-rprivate "$root$1"
}
share /usr --bind
mount -o remount,bind,ro "$root/usr"
share /dev --rbind
# a sysfs shows the network of who mounts it
mount -t sysfs sysfs "$root/sys"
share /sys/fs/cgroup --rbind
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir "$root/run/lock"
mount --bind -o ro "$programs" "$root/opt/kube"
cd "$root"
mkdir -p old
pivot_root . old
cd /
umount --lazy /old
rmdir /old
mount --make-rshared /
ip link set lo up
exec env -i LC_ALL=C.UTF-8 HOME=/root PATH=/opt/kube:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  bash "$@"
