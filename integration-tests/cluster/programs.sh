# Kubernetes' programs and the CSI sidecars, built from their Go modules into the cache. Sourced by cluster.sh.
# shellcheck shell=bash

KUBERNETES=1.37.2
# what Kubernetes calls itself, and no debugging information, which would be most of the size
LINKER="-s -w -X k8s.io/component-base/version.gitVersion=v$KUBERNETES
  -X k8s.io/component-base/version.gitMajor=${KUBERNETES%%.*}
  -X k8s.io/component-base/version.gitMinor=$(cut -d . -f 2 <<<"$KUBERNETES")"
GO_FLAGS=(-buildvcs=false -trimpath -mod=readonly -gcflags=all=-dwarf=false "-ldflags=${LINKER//$'\n'/}")
GO_AT_LEAST=1.26

find_go() {
  local go
  for go in go /usr/local/go/bin/go; do
    GO=$(command -v "$go") && break
  done
  [ -n "${GO:-}" ] || fail "Go $GO_AT_LEAST or later is needed to build Kubernetes, and there is none on the PATH"
  local version
  version=$("$GO" env GOVERSION)
  [ "$(printf '%s\n%s\n' "$GO_AT_LEAST" "${version#go}" | sort -V | head -n 1)" = "$GO_AT_LEAST" ] ||
    fail "Go $GO_AT_LEAST or later is needed to build Kubernetes; $GO is ${version#go}"
}

# The name of the directory says what is in it: the sources, the versions of the modules, the flags, the compiler.
programs_directory() {
  find_go
  local key
  key=$({
    (cd "$HERE" && sha256sum images.sh kube/*.go kube/pause/*.go kube/go.* provisioner/go.*)
    printf '%s\n' "${GO_FLAGS[@]}"
    "$GO" env GOVERSION GOARCH
  } | sha256sum | cut -c 1-16)
  printf '%s\n' "$CACHE/kube/$key"
}

build_programs() {
  local directory
  find_go
  directory=$(programs_directory)
  [ ! -d "$directory" ] || return 0
  mkdir -p "$CACHE/kube"
  say "building Kubernetes $KUBERNETES, once; that takes 5 to 15 minutes (see $CACHE/kube/build.log)"
  local work
  work=$(mktemp -d "$CACHE/kube/.new-XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  step "Kubernetes" go_build kube . ./pause github.com/kubernetes-csi/external-resizer/v2/cmd/csi-resizer
  step "provisioner" go_build provisioner github.com/kubernetes-csi/external-provisioner/v6/cmd/csi-provisioner
  local name
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
    ln -s kube "$work/$name"
  done
  step "images of programs" build_images "$work"
  # another run may have been faster; then its copy is as good
  mv -T "$work" "$directory" 2>/dev/null || [ -x "$directory/kube" ]
  rm -rf "$work"
  trap - EXIT
}

# go_build MODULE PACKAGE...
go_build() {
  (cd "$HERE/$1" && CGO_ENABLED=0 GOFLAGS=-p=2 "$GO" build "${GO_FLAGS[@]}" -o "$work/" "${@:2}") \
    >>"$CACHE/kube/build.log" 2>&1 || {
    tail -n 20 "$CACHE/kube/build.log" >&2
    fail "the module $1 could not be built"
  }
}
