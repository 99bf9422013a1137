#!/usr/bin/env bash
# Makes the start caches of an installed Sagara: deploy/aot.sh HOME
#
# Each program is started for real, asked once, and ended; what it loaded becomes HOME/lib/<program>.aot, which
# halves the time of the next start. A cache is of use to the same Java, at the same place, with the same jars and
# flags only; elsewhere Java says so in a few lines and starts without. So an image build calls this last, in the
# image. JAVA_HOME: the Java that will run it.
set -euo pipefail
export LC_ALL=C.UTF-8 MALLOC_ARENA_MAX=2

# each program refuses settings that it does not know
for setting in ${!SAGARA_@}; do unset "$setting"; done

HOME_DIR=$(cd "${1:?usage: aot.sh HOME}" && pwd)
JAVA=${JAVA_HOME:?set JAVA_HOME}/bin/java
WORK=$(mktemp -d)
AGENT=
CSI=
OPERATOR=
finish() {
  [ -z "$OPERATOR" ] || kill -KILL "$OPERATOR" 2>/dev/null || true
  [ -z "$CSI" ] || kill -KILL "$CSI" 2>/dev/null || true
  [ -z "$AGENT" ] || kill -KILL "$AGENT" 2>/dev/null || true
  rm -rf "$WORK"
}
trap finish EXIT

fail() {
  printf 'aot.sh: %s\n' "$*" >&2
  tail -n 5 "$WORK"/*.log >&2 2>/dev/null || true
  exit 1
}

# java_of PROGRAM ARGUMENT...: runs it so that its cache is written when it ends
java_of() {
  local program=$1
  shift
  exec "$JAVA" "-XX:AOTCacheOutput=$WORK/$program.aot" "--module-path=$HOME_DIR/lib/$program" \
    "@$HOME_DIR/conf/$program.jvm" "$@" >"$WORK/$program.log" 2>&1 </dev/null
}

# await SOCKET PID
await() {
  local left=600
  until [ -S "$1" ]; do
    kill -0 "$2" 2>/dev/null || fail "it ended before it served on $1"
    [ $((left -= 1)) -gt 0 ] || fail "nothing serves on $1"
    sleep 0.1
  done
}

(
  export SAGARA_STATE_DIR=$WORK SAGARA_NODE=localhost SAGARA_PLUGINS_DIR=$HOME_DIR/plugins
  java_of agent
) &
AGENT=$!
(
  export SAGARA_AGENT_SOCKET=$WORK/agent.sock SAGARA_CSI_SOCKET=$WORK/csi.sock
  java_of csi
) &
CSI=$!
(
  # there is no API server, so what it does with an answer is left out
  printf '%s' '{"clusters":[{"name":"c","cluster":{"server":"http://127.0.0.1:9"}}],"users":[{"name":"u","user":{"token":"t"}}],' \
    '"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],"current-context":"c"}' >"$WORK/kubeconfig"
  export SAGARA_NODE=localhost SAGARA_AGENT_SOCKET=$WORK/agent.sock KUBECONFIG=$WORK/kubeconfig
  java_of operator
) &
OPERATOR=$!
await "$WORK/agent.sock" "$AGENT"
await "$WORK/csi.sock" "$CSI"

# the first answers load as much again as the start; without curl those of the sidecar are left out
(java_of cli status --state "$WORK") || fail "the agent does not answer"
if command -v curl >/dev/null; then
  for call in Probe GetPluginInfo; do
    printf '\0\0\0\0\0' | curl --silent --max-time 20 --http2-prior-knowledge --unix-socket "$WORK/csi.sock" \
      --header 'content-type: application/grpc' --header 'te: trailers' --data-binary @- --output /dev/null \
      "http://localhost/csi.v1.Identity/$call" || fail "the sidecar does not answer"
  done
fi

for _ in {1..600}; do
  ! grep -q 'cannot report' "$WORK/operator.log" || break
  kill -0 "$OPERATOR" 2>/dev/null || fail "the operator ended"
  sleep 0.1
done
kill -TERM "$OPERATOR" "$CSI" "$AGENT"
wait "$OPERATOR" || fail "the operator failed"
OPERATOR=
wait "$CSI" || fail "the sidecar failed"
CSI=
wait "$AGENT" || fail "the agent failed"
AGENT=
for program in agent csi cli operator; do
  [ -s "$WORK/$program.aot" ] || fail "$program wrote no cache"
  install -m 644 "$WORK/$program.aot" "$HOME_DIR/lib/.$program.aot.new"
  mv "$HOME_DIR/lib/.$program.aot.new" "$HOME_DIR/lib/$program.aot"
done
