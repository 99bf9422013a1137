#!/usr/bin/env bash
# The base layer of the image: `base.sh OUT.tar` makes a Debian with what is in `packages`, and OUT.tar.packages, the list
# of what went in. MIRROR is where the packages come from.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SUITE=trixie
MIRROR=${MIRROR:-http://deb.debian.org/debian}
SECURITY=${SECURITY:-http://deb.debian.org/debian-security}
KEYS=/usr/share/keyrings/debian-archive-keyring.gpg
out=$1

packages=$(grep -v '^#' "$HERE/packages" | paste -sd ,)
entry() { printf 'deb [signed-by=%s] %s %s main\n' "$KEYS" "$@"; }
# one time for all files, so that the same packages make the same layer
SOURCE_DATE_EPOCH=0 mmdebstrap --mode=root --variant=essential --include="$packages" --format=tar \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
  --customize-hook="$HERE/slim.sh \"\$1\"" \
  --customize-hook="chroot \"\$1\" dpkg-query -W >'$out.packages'" \
  "$SUITE" "$out" "$(entry "$MIRROR" "$SUITE")" "$(entry "$MIRROR" "$SUITE-updates")" \
  "$(entry "$SECURITY" "$SUITE-security")"
