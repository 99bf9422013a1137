# Images of the programs that pods run beside Sagara, under the names they have in the world. Sourced by cluster.sh.
# shellcheck shell=bash

SIDECARS=registry.k8s.io/sig-storage
PROVISIONER=6.3.0
RESIZER=2.3.0

# build_images DIRECTORY: one archive for each program in it
build_images() {
  program_image "$1" pause "$PAUSE"
  program_image "$1" csi-provisioner "$SIDECARS/csi-provisioner:v$PROVISIONER"
  program_image "$1" csi-resizer "$SIDECARS/csi-resizer:v$RESIZER"
}

# program_image DIRECTORY PROGRAM NAME: a program that needs no file beside it
program_image() {
  local layer=$1/.layer-$2
  mkdir -p "$layer"/{etc,tmp}
  cp "$1/$2" "$layer/$2"
  echo 'root:x:0:0:root:/:/none' >"$layer/etc/passwd"
  tar -C "$layer" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$layer.tar" .
  "$DEPLOY/image/oci.sh" "$1/$2.tar" "$3" --entrypoint "/$2" "$layer.tar"
  rm -rf "$layer" "$layer.tar"
}

load_own_images() {
  local name
  for name in $(node_names); do
    await "containerd of $name" on_machine "$name" ctr version >/dev/null
  done
  load "$(programs_directory)"/*.tar
}
