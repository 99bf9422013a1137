#!/usr/bin/env bash
# Runs the demo from a built checkout: integration-tests/demo.sh
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "${JAVA_HOME:?the sagara script sets it}/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m \
  "-Djava.io.tmpdir=${SAGARA_TMP:-/tmp}" \
  --enable-native-access=io.sagara.integration,io.netty.common,io.netty.transport.unix.common --sun-misc-unsafe-memory-access=allow \
  --module-path "$here/target/classes:$here/target/modules" --add-modules ALL-MODULE-PATH \
  -m "io.sagara.integration/io.sagara.integration.${SAGARA_PROGRAM:-Demo}" "$(dirname "$here")" "$@"
