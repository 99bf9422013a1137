# Nodes: a machine with containerd, kubelet and kube-proxy, plugged into the control plane's switch. Sourced by
# cluster.sh.
# shellcheck shell=bash

PAUSE=registry.k8s.io/pause:3.10

start_nodes() {
  local index
  for index in $(seq "$(nodes)"); do
    make_node "$index"
    start_node "n$index"
  done
}

# start_node NAME: again, too, after it was stopped; its disk is as it was
start_node() {
  ! machine_runs "$1" || fail "node $1 runs already"
  make_cgroups "$1"
  start_machine "$1" node-init.sh "$(node_address "${1#n}")"
  plug_in "${1#n}"
}

# stop_node NAME: like pulling its plug
stop_node() {
  stop_machine "$1"
  detach_loop_devices "$STATE/$1"
  remove_cgroups "$1"
}

need_node() { [ -n "${1:-}" ] && node_names | grep -qx "$1" || fail "there is no node '${1:-}'; there are $(node_names | xargs)"; }

make_node() {
  local name=n$1 root=$STATE/n$1/root
  make_root "$name" "$(node_address "$1")"
  mkdir -p "$root"/etc/{cni/net.d,containerd/certs.d/_default} "$root"/var/lib/{kubelet,containerd,cni} \
    "$root"/var/log/{pods,containers}
  cp "$STATE"/pki/{ca.crt,"$name.crt","$name.key","$name.conf",proxy.conf} "$root/etc/kubernetes/"
  # there is no network to pull from: let it fail at once instead of after a timeout
  echo 'server = "http://127.0.0.1:1"' >"$root/etc/containerd/certs.d/_default/hosts.toml"
  containerd_configuration >"$root/etc/containerd/config.toml"
  network_configuration "$1" >"$root/etc/cni/net.d/10-pods.conflist"
  kubelet_configuration "$1" >"$root/etc/kubernetes/kubelet.yaml"
  proxy_configuration "$name" >"$root/etc/kubernetes/proxy.yaml"
}

# plug_in INDEX: the node's end of the cable is eth0, the other one a port of the switch
plug_in() {
  local node control peer
  node=$(machine_pid "n$1")
  control=$(machine_pid control)
  on_machine control ip link add "port$1" type veth peer name "eth$1"
  on_machine control ip link set "port$1" master switch up
  nsenter --target "$control" --net ip link set "eth$1" netns "$node"
  nsenter --target "$node" --net ip link set "eth$1" name eth0
  nsenter --target "$node" --net ip address add "$(node_address "$1")/24" dev eth0
  nsenter --target "$node" --net ip link set eth0 up
  nsenter --target "$node" --net ip route add default via "$API_ADDRESS"
  nsenter --target "$control" --net ip route replace "$(pod_network "$1")" via "$(node_address "$1")"
  for peer in $(seq "$(nodes)"); do
    [ "$peer" = "$1" ] ||
      nsenter --target "$node" --net ip route add "$(pod_network "$peer")" via "$(node_address "$peer")"
  done
}

await_nodes() { await "all nodes Ready" nodes_are_ready; }
nodes_are_ready() { [ "$(kubectl get nodes --no-headers | awk '$2 == "Ready"' | wc -l)" = "$(nodes)" ]; }

# ---- configuration -----------------------------------------------------------------------------------------------------

# Without oom_score_adj and with the memory that is left: a machine may be a guest that must not raise priorities.
containerd_configuration() {
  cat <<TOML
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
TOML
}

network_configuration() {
  cat <<JSON
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "pods", "isGateway": true, "hairpinMode": true, "ipam": {
    "type": "host-local", "ranges": [[{"subnet": "$(pod_network "$1")"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
}

kubelet_configuration() {
  cat <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $(node_address "$1")
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: /etc/kubernetes/ca.crt}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP-n$1
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
# the nodes share one disk, and its size says nothing about the cluster
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
imageGCHighThresholdPercent: 100
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
resolvConf: /etc/resolv.conf
tlsCertFile: /etc/kubernetes/n$1.crt
tlsPrivateKeyFile: /etc/kubernetes/n$1.key
volumePluginDir: /var/lib/kubelet/volume-plugins
YAML
}

proxy_configuration() {
  cat <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: /etc/kubernetes/proxy.conf}
clusterCIDR: $POD_NETWORK.0.0/16
# limits of the whole machine, which are not a node's to set
conntrack: {maxPerCore: 0, min: 0, tcpCloseWaitTimeout: 0s, tcpEstablishedTimeout: 0s}
hostnameOverride: $1
mode: iptables
oomScoreAdj: 0
YAML
}
