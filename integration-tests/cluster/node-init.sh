#!/usr/bin/env bash
# A node: `node-init.sh ADDRESS`.
set -euo pipefail

address=$1
name=$(cat /etc/hostname)

# keep NAME COMMAND...: start it, again when it ends
keep() {
  while :; do
    "${@:2}" >>"/var/log/$1.log" 2>&1 || true
    echo "$1 ended; starting it again"
    sleep 1
  done &
}

sysctl -qw net.ipv4.ip_forward=1
keep containerd containerd --config /etc/containerd/config.toml
until ctr version >/dev/null 2>&1; do sleep 0.1; done
until ip route show default | grep -q .; do sleep 0.1; done
keep kubelet kubelet --config /etc/kubernetes/kubelet.yaml --kubeconfig "/etc/kubernetes/$name.conf" \
  --hostname-override "$name" --node-ip "$address"
keep kube-proxy kube-proxy --config /etc/kubernetes/proxy.yaml
# as the first process: take in those who lost their parent
while :; do wait -n || true; done
