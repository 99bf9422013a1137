#!/usr/bin/env bash
# The control plane: `control-init.sh ADDRESS SERVICE-NETWORK`.
set -euo pipefail

address=$1 services=$2
pki=/etc/kubernetes

ip link add switch type bridge
ip address add "$address/24" dev switch
ip link set switch up
sysctl -qw net.ipv4.ip_forward=1

# keep NAME COMMAND...: start it, again when it ends
keep() {
  while :; do
    "${@:2}" >>"/var/log/$1.log" 2>&1 || true
    echo "$1 ended; starting it again"
    sleep 1
  done &
}

# what it holds is lost with the cluster anyway, so there is no need to wait for a disk
keep etcd etcd --data-dir /var/lib/etcd --unsafe-no-fsync \
  --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379
keep kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 \
  --advertise-address="$address" --secure-port=6443 --service-cluster-ip-range="$services" \
  --tls-cert-file=$pki/apiserver.crt --tls-private-key-file=$pki/apiserver.key --client-ca-file=$pki/ca.crt \
  --kubelet-client-certificate=$pki/admin.crt --kubelet-client-key=$pki/admin.key \
  --kubelet-preferred-address-types=InternalIP \
  --service-account-issuer=https://kubernetes.default.svc \
  --service-account-key-file=$pki/service-accounts.pub \
  --service-account-signing-key-file=$pki/service-accounts.key \
  --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
  --requestheader-client-ca-file=$pki/ca.crt --requestheader-allowed-names=front-proxy \
  --requestheader-extra-headers-prefix=X-Remote-Extra- --requestheader-group-headers=X-Remote-Group \
  --requestheader-username-headers=X-Remote-User \
  --proxy-client-cert-file=$pki/front-proxy.crt --proxy-client-key-file=$pki/front-proxy.key

client() { kubectl --kubeconfig $pki/controller-manager.conf "$@"; }
# the controllers give up when the API server does not know its own resources yet
until client get --raw /readyz >/dev/null 2>&1; do sleep 0.1; done
for name in controller-manager scheduler; do
  options=("--kubeconfig=$pki/$name.conf" "--authentication-kubeconfig=$pki/$name.conf"
    "--authorization-kubeconfig=$pki/$name.conf" --bind-address=127.0.0.1 --leader-elect=false)
  if [ $name = controller-manager ]; then
    options+=(--use-service-account-credentials "--root-ca-file=$pki/ca.crt"
      "--service-account-private-key-file=$pki/service-accounts.key"
      "--cluster-signing-cert-file=$pki/ca.crt" "--cluster-signing-key-file=$pki/ca.key")
  fi
  keep "kube-$name" "kube-$name" "${options[@]}"
done
# as the first process: take in those who lost their parent
while :; do wait -n || true; done
