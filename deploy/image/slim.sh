#!/usr/bin/env bash
# Takes out of the root directory $1 what no role of the image uses. Called by base.sh.
set -euo pipefail
cd "$1"

# glusterd's scripts are its only use, and there is no glusterd here
chroot . sh -c 'dpkg-query -W -f "\${Package}\n" | grep -E "^(lib)?python3" | xargs dpkg --purge --force-depends' >/dev/null

rm -rf usr/share/{bash-completion,bug,i18n,info,lintian,locale,man,zsh,zoneinfo} usr/share/glusterfs/scripts \
  usr/lib/*/glusterfs/python usr/lib/python3* usr/libexec/glusterfs/{gsyncd,peer_*,gverify.sh,set_geo_rep_pem_keys.sh} \
  usr/lib/*/gconv usr/lib/*/perl-base var/cache/* var/lib/apt/lists/* var/log/*
# licences stay
find usr/share/doc -mindepth 1 \( -type f -o -type l \) ! -name copyright -delete
find usr/share/doc -mindepth 1 -type d -empty -delete
# the debugger's library, and Java's own start caches: ours hold what is in them, and without any the operator is no larger
rm -f usr/lib/jvm/*/lib/libsaproc.so usr/lib/jvm/*/lib/server/classes*.jsa
# what is of glusterd and of package scripts
rm -f usr/lib/*/glusterfs/*/xlator/mgmt/glusterd.so usr/sbin/gluster usr/bin/perl usr/bin/perl5*
mkdir -p -m 755 var/log var/cache
