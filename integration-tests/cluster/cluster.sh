#!/usr/bin/env bash
# Kubernetes on one machine: `cluster.sh help` tells what it can do.
#
# Each node is a set of namespaces with a root directory of its own: kubelet, containerd and kube-proxy are real, and
# so are their mounts. The network of the nodes has no way out and no way in, so that its addresses meet no others.
# Everything is below one directory, and every process is in the pid namespace of a node: the first process of a
# namespace takes all others with it.
set -euo pipefail

HERE=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
DEPLOY=$(cd "$HERE/../../deploy" && pwd)
SAGARA_HOME=${SAGARA_HOME:-$DEPLOY/target/sagara}
CACHE=${SAGARA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sagara}
STATE=${SAGARA_CLUSTER_DIR:-/var/lib/sagara-cluster}
# cgroups are the one thing outside of the directory, and named after it
CGROUP=sagara-cluster-$(sha256sum <<<"$STATE" | cut -c 1-8)
PATIENCE=120
export LC_ALL=C.UTF-8

say() { printf 'cluster: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}
# step WHAT COMMAND...: tells how long it took
step() {
  local began=$EPOCHREALTIME
  "${@:2}"
  say "$(printf '%-28s %6.1f s' "$1" "$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')")"
}

# shellcheck source=programs.sh
. "$HERE/programs.sh"
# shellcheck source=images.sh
. "$HERE/images.sh"
# shellcheck source=authority.sh
. "$HERE/authority.sh"
# shellcheck source=machines.sh
. "$HERE/machines.sh"
# shellcheck source=control-plane.sh
. "$HERE/control-plane.sh"
# shellcheck source=node.sh
. "$HERE/node.sh"

usage() {
  cat <<'TEXT'
usage: ./sagara cluster COMMAND ...

  up [NODES]              build what is missing and start a Kubernetes of NODES nodes, n1, n2, ... (3)
  down                    stop it and remove everything but what was built
  kubectl ARGUMENTS       talk to it
  node NAME COMMAND ...   run a command on a node, as its root
  deploy                  make the image, give it to the nodes, and apply deploy/kubernetes
  load IMAGE.tar ...      give every node an image
  stop NAME, start NAME   pull a node's plug, and put it back
  programs                build what is missing, and print where it is
TEXT
}

nodes() { cat "$STATE/nodes"; }
node_names() { seq -f 'n%.0f' "$(nodes)"; }

# only one at a time may change the cluster; a killed one leaves no lock behind
lock() {
  exec 9<"$STATE"
  flock -n 9 || fail "another command is starting or stopping the cluster in $STATE; try again when it is done"
}

claim_state() {
  if [ -d "$STATE" ] && [ ! -f "$STATE/.sagara-cluster" ] && [ -n "$(ls -A "$STATE")" ]; then
    fail "$STATE has files that are not a cluster's; set SAGARA_CLUSTER_DIR to a directory that is free"
  fi
  mkdir -p "$STATE"
  lock
  touch "$STATE/.sagara-cluster"
  mkdir -p "$STATE"/{pid,log}
}

up() {
  local count=${1:-3}
  [[ $count =~ ^[1-9]$ ]] || fail "the number of nodes must be 1 to 9, not '$count'"
  [ "$(id -u)" = 0 ] || fail "this makes namespaces and mounts; run it as root"
  build_programs
  claim_state
  if is_up "$count"; then
    say "it is up already"
  else
    stop_everything
    printf '%s\n' "$count" >"$STATE/nodes"
    step "certificates" make_authority
    step "control plane" start_control_plane
    step "nodes" start_nodes
    step "images" load_own_images
    step "nodes ready" await_nodes
  fi
  say "talk to it with: ./sagara cluster kubectl get nodes"
}

is_up() {
  [ -f "$STATE/nodes" ] && [ "$(nodes)" = "$1" ] || return 1
  local machine
  for machine in control $(node_names); do
    machine_runs "$machine" || return 1
  done
}

down() {
  [ -f "$STATE/.sagara-cluster" ] || {
    say "there is no cluster in $STATE"
    return 0
  }
  lock
  step "down" remove_everything
}

remove_everything() {
  stop_everything
  if grep -q " ${STATE}[/ ]" /proc/self/mountinfo; then
    fail "something is mounted below $STATE, which a cluster does not do; unmount it and try again"
  fi
  rm -rf --one-file-system "$STATE"
}

kubectl() {
  machine_runs control || fail "the cluster is not up; start it with ./sagara cluster up"
  # not the mounts: file arguments mean what they mean outside
  nsenter --target "$(machine_pid control)" --net "$(programs_directory)/kubectl" --kubeconfig "$STATE/pki/admin.conf" "$@"
}

load() {
  local image name running
  for image in "$@"; do
    [ -r "$image" ] || fail "there is no file $image"
    running=()
    for name in $(node_names); do
      load_one "$image" "$name" &
      running+=($!)
    done
    for name in "${running[@]}"; do
      wait "$name" || exit 1
    done
  done
}

load_one() {
  on_machine "$2" ctr --namespace k8s.io images import - <"$1" >"$STATE/log/load-$2.log" 2>&1 || {
    tail -n 5 "$STATE/log/load-$2.log" >&2
    fail "node $2 did not take $1"
  }
}

# deploy: what users do with a registry in between
deploy() {
  local image=$STATE/sagara.tar
  machine_runs control || fail "the cluster is not up; start it with ./sagara cluster up"
  [ -d "$SAGARA_HOME/lib/agent" ] || fail "there is no Sagara in $SAGARA_HOME; build it with ./sagara build"
  step "image" "$DEPLOY/image/build.sh" "$SAGARA_HOME" "$(image_name)" "$image"
  step "image on the nodes" load "$image"
  rm -f "$image"
  kubectl apply -f "$DEPLOY/kubernetes" >/dev/null
  step "Sagara ready" await_rollouts
}

# as the manifests have it
image_name() { sed -n 's/^ *image: \(localhost\/.*\)/\1/p' "$DEPLOY/kubernetes/sagara.yaml" | head -n 1; }

await_rollouts() {
  local part
  for part in daemonset/sagara-node deployment/sagara-controller; do
    kubectl --namespace kadalu rollout status "$part" --timeout="${PATIENCE}s" >/dev/null ||
      fail "$part did not get ready; see ./sagara cluster kubectl -n kadalu get pods"
  done
  # kubectl does not wait for what is only updated by hand
  kubectl --namespace kadalu wait pod --selector app.kubernetes.io/component=data-plane --for=condition=Ready \
    --timeout="${PATIENCE}s" >/dev/null
}

case "${1:-help}" in
deploy) deploy ;;
up) up "${@:2}" ;;
down) down ;;
kubectl) kubectl "${@:2}" ;;
node) on_machine "${@:2}" ;;
stop | start)
  need_node "${2:-}"
  lock
  step "$1 $2" "$1_node" "$2"
  ;;
load) load "${@:2}" ;;
programs)
  build_programs
  programs_directory
  ;;
help | -h | --help) usage ;;
*)
  usage >&2
  exit 2
  ;;
esac
