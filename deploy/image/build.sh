#!/usr/bin/env bash
# The image of all roles, as an OCI archive: `build.sh DISTRIBUTION NAME:TAG OUT.tar`. The base layer is made once for a list of
# packages and kept in the cache; remove it there to take new versions in.
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
"$HERE/oci.sh" "$out" "$name" --entrypoint /usr/lib/sagara/entry.sh "$base" "$work/sagara.tar"
