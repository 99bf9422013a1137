#!/usr/bin/env bash
# Writes a container image as an OCI archive, without a container engine:
#   oci.sh OUT.tar NAME:TAG [--env KEY=VALUE] [--entrypoint WORD]... LAYER.tar...
# The same layers give the same bytes, so that an image that did not change has the digest it had.
set -euo pipefail

out=$1 name=$2
shift 2
variables=('"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"') entrypoint=() layers=()
quoted() { printf '"%s"' "${1//\"/\\\"}"; }
joined() {
  local IFS=,
  printf '%s' "$*"
}
while [ $# -gt 0 ]; do
  case $1 in
  --env) variables+=("$(quoted "$2")") && shift 2 ;;
  --entrypoint) entrypoint+=("$(quoted "$2")") && shift 2 ;;
  *) layers+=("$1") && shift ;;
  esac
done

case $(uname -m) in
x86_64) architecture=amd64 ;;
aarch64) architecture=arm64 ;;
*) architecture=$(uname -m) ;;
esac

work=$(mktemp -d "$(dirname "$out")/.image-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/blobs/sha256"
digest() { sha256sum "$1" | cut -d ' ' -f 1; }
# blob TYPE FILE: keeps the file under its digest, and prints how a manifest refers to it
blob() {
  local sum
  sum=$(digest "$2")
  ln -f "$2" "$work/blobs/sha256/$sum" 2>/dev/null || cp "$2" "$work/blobs/sha256/$sum"
  printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s}' "$1" "$sum" "$(stat -c %s "$2")"
}

layer_blobs=() differences=()
for layer in "${layers[@]}"; do
  entry=$(blob layer.v1.tar "$layer")
  layer_blobs+=("$entry")
  differences+=("$(sed 's/.*"digest":\("[^"]*"\).*/\1/' <<<"$entry")")
done
cat >"$work/config" <<JSON
{"architecture":"$architecture","os":"linux","config":{"Env":[$(joined "${variables[@]}")],"Entrypoint":[$(joined "${entrypoint[@]}")]},"rootfs":{"type":"layers","diff_ids":[$(joined "${differences[@]}")]}}
JSON
cat >"$work/manifest" <<JSON
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":$(blob config.v1+json "$work/config"),"layers":[$(joined "${layer_blobs[@]}")]}
JSON
entry=$(blob manifest.v1+json "$work/manifest")
cat >"$work/index.json" <<JSON
{"schemaVersion":2,"manifests":[${entry%\}},"annotations":{"io.containerd.image.name":"$name","org.opencontainers.image.ref.name":"${name##*:}"}}]}
JSON
printf '{"imageLayoutVersion":"1.0.0"}' >"$work/oci-layout"
tar -C "$work" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf "$work/archive" \
  blobs index.json oci-layout
mv "$work/archive" "$out"
