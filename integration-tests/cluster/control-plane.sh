# etcd, the API server, the controllers and the scheduler, on a machine of their own that is also the switch the nodes
# are plugged into. Sourced by cluster.sh.
# shellcheck shell=bash

start_control_plane() {
  local pki
  make_root control "$API_ADDRESS"
  pki=$STATE/control/root/etc/kubernetes
  cp "$STATE"/pki/{ca,apiserver,front-proxy,admin,service-accounts}.* "$pki/"
  cp "$STATE"/pki/{controller-manager,scheduler}.conf "$pki/"
  start_machine control control-init.sh "$API_ADDRESS" "$SERVICE_NETWORK"
  await "the API server" api_is_ready
  kubectl create clusterrolebinding kube-proxy --clusterrole=system:node-proxier --user=system:kube-proxy >/dev/null
}

api_is_ready() { machine_runs control && kubectl get --raw /readyz >/dev/null 2>&1; }
