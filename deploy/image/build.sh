#!/usr/bin/env bash
# The image of all roles, as an OCI archive: `build.sh DISTRIBUTION NAME:TAG OUT.tar`. It has three layers:
# - the base, made once for a list of packages and kept in the cache; remove it there to take new versions in;
# - Sagara, from the distribution; the same distribution makes the same bytes anywhere;
# - start caches of the programs that users wait for, made by running them in the image. No two runs make the same bytes, so
#   they are kept in the cache for the two layers they were made from.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${SAGARA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sagara}/image
distribution=$1 name=$2 out=$3

key=$(cat "$HERE"/{packages,base.sh,slim.sh} | sha256sum | cut -c 1-16)
base=$CACHE/base-$key.tar
mkdir -p "$CACHE" "$(dirname "$out")"
if [ ! -f "$base" ]; then
  echo "sagara: making the base layer of the image, once; that takes some minutes (see $CACHE/base.log)" >&2
  work=$(mktemp -d "$CACHE/.base-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  "$HERE/base.sh" "$work/base.tar" >"$CACHE/base.log" 2>&1 || {
    tail -n 20 "$CACHE/base.log" >&2
    exit 1
  }
  mv "$work/base.tar.packages" "$base.packages"
  mv "$work/base.tar" "$base"
  rm -rf "$work"
fi

work=$(mktemp -d "$(dirname "$out")/.layer-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root"/{opt,usr/lib,host}
cp -r "$distribution" "$work/root/usr/lib/sagara"
# made at another place, for another Java
rm -f "$work/root/usr/lib/sagara/lib"/*.aot
install -m 755 "$HERE/entry.sh" "$work/root/usr/lib/sagara/entry.sh"
ln -s ../usr/lib/sagara "$work/root/opt/sagara"
# a module path for each executable, but a jar only once
find "$work/root" -type f -name '*.jar' -exec sha256sum {} + | sort | while read -r sum file; do
  [ "$sum" != "${last:-}" ] || ln -f "$first" "$file"
  [ "$sum" = "${last:-}" ] || first=$file
  last=$sum
done
chmod -R u=rwX,go=rX "$work/root"
tar -C "$work/root" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$work/sagara.tar" host opt usr

# ---- start caches -------------------------------------------------------------------------------------------------

caches=$CACHE/caches-$(cat "$base" "$work/sagara.tar" "$HERE/../aot.sh" | sha256sum | cut -c 1-16).tar
if [ ! -f "$caches" ]; then
  mkdir "$work/image"
  tar -C "$work/image" -xf "$base"
  tar -C "$work/image" -xf "$work/sagara.tar"
  install -m 755 "$HERE/../aot.sh" "$work/image/tmp/aot.sh"
  # mounts and processes of it end with it, whatever ends it
  # shellcheck disable=SC2016
  unshare --mount --propagation private --pid --fork --kill-child --net bash -euc '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    home=$(chroot "$1" sh -c "dirname \$(dirname \$(readlink -f /usr/bin/java))")
    exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin JAVA_HOME="$home" /tmp/aot.sh /usr/lib/sagara
  ' caches "$work/image" >"$CACHE/caches.log" 2>&1 || {
    tail -n 20 "$CACHE/caches.log" >&2
    exit 1
  }
  rm -f "$CACHE"/caches-*.tar
  tar -C "$work/image" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$work/caches.tar" \
    usr/lib/sagara/lib/{agent,csi}.aot
  mv "$work/caches.tar" "$caches"
fi
"$HERE/oci.sh" "$out" "$name" --entrypoint /usr/lib/sagara/entry.sh "$base" "$work/sagara.tar" "$caches"
