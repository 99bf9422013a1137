# The keys and certificates of a cluster, valid for a month. Sourced by cluster.sh.
# shellcheck shell=bash

make_authority() {
  local pki=$STATE/pki name index=0
  rm -rf "$pki"
  mkdir -p -m 700 "$pki"
  new_key "$pki/ca"
  openssl req -x509 -new -key "$pki/ca.key" -days 30 -subj /CN=sagara-cluster -out "$pki/ca.crt" \
    -addext keyUsage=critical,keyCertSign,digitalSignature 2>/dev/null
  new_key "$pki/service-accounts"
  openssl ec -in "$pki/service-accounts.key" -pubout -out "$pki/service-accounts.pub" 2>/dev/null
  certificate apiserver /CN=kube-apiserver "IP:$API_ADDRESS,IP:127.0.0.1,IP:$API_SERVICE,DNS:kubernetes.default.svc"
  certificate front-proxy /CN=front-proxy
  certificate admin /O=system:masters/CN=admin
  certificate controller-manager /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate proxy /CN=system:kube-proxy
  for name in $(node_names); do
    index=$((index + 1))
    certificate "$name" "/O=system:nodes/CN=system:node:$name" "DNS:$name,IP:$(node_address "$index")"
  done
}

new_key() { (umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"); }

# certificate NAME SUBJECT [ALTERNATIVE-NAMES]: NAME.key, NAME.crt and NAME.conf for a client of the API
certificate() {
  local file=$STATE/pki/$1
  new_key "$file"
  openssl req -new -key "$file.key" -subj "$2" 2>/dev/null |
    openssl x509 -req -CA "$STATE/pki/ca.crt" -CAkey "$STATE/pki/ca.key" -days 30 -out "$file.crt" \
      -set_serial "0x$(openssl rand -hex 8)" -extfile <(
        printf 'extendedKeyUsage=clientAuth,serverAuth\nkeyUsage=digitalSignature\n'
        [ -z "${3:-}" ] || printf 'subjectAltName=%s\n' "$3"
      ) 2>/dev/null
  client_configuration "$file"
}

# with the keys inside, because nodes see their own file and no other
client_configuration() {
  (umask 077 && cat >"$1.conf") <<CONF
apiVersion: v1
kind: Config
current-context: sagara
clusters:
- name: sagara
  cluster: {server: "https://$API_ADDRESS:6443", certificate-authority-data: $(base64 -w 0 "$STATE/pki/ca.crt")}
contexts:
- name: sagara
  context: {cluster: sagara, user: me}
users:
- name: me
  user: {client-certificate-data: $(base64 -w 0 "$1.crt"), client-key-data: $(base64 -w 0 "$1.key")}
CONF
}
