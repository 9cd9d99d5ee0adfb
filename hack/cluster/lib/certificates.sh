# shellcheck shell=bash disable=SC2034,SC2154  # the scripts and these parts share their variables
# The certificates and kubeconfigs of the cluster. They are valid for one day.

create_certificates() {
  pki=$state/pki
  mkdir -p "$pki"
  openssl ecparam -name prime256v1 -genkey -noout -out "$pki/ca.key"
  openssl req -x509 -new -key "$pki/ca.key" -days 1 -subj '/CN=cluster' -out "$pki/ca.crt" \
    -addext 'keyUsage=critical,digitalSignature,keyCertSign' 2>>"$pki/openssl.log"
  openssl ecparam -name prime256v1 -genkey -noout -out "$pki/service-accounts.key"
  openssl ec -in "$pki/service-accounts.key" -pubout -out "$pki/service-accounts.pub" 2>>"$pki/openssl.log"
  create_certificate kube-apiserver /CN=kube-apiserver \
    "subjectAltName=IP:$network.1,IP:$service_address,IP:127.0.0.1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:localhost"
  create_certificate kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  create_kubeconfig admin /O=system:masters/CN=admin
  create_kubeconfig kube-controller-manager /CN=system:kube-controller-manager
  create_kubeconfig kube-scheduler /CN=system:kube-scheduler
  create_kubeconfig kube-proxy /CN=system:kube-proxy
  cp "$pki/admin.kubeconfig" "$state/"
}

create_certificate() { # <name> <subject> [<extension>]
  openssl ecparam -name prime256v1 -genkey -noout -out "$pki/$1.key"
  openssl req -new -key "$pki/$1.key" -subj "$2" -out "$pki/$1.csr" 2>>"$pki/openssl.log"
  openssl x509 -req -in "$pki/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 1 \
    -extfile <(printf '%s\n' "${3:-}" 'extendedKeyUsage=serverAuth,clientAuth') -out "$pki/$1.crt" 2>>"$pki/openssl.log"
}

create_kubeconfig() { # <name> <subject>
  create_certificate "$1" "$2"
  cat >"$pki/$1.kubeconfig" <<END_OF_FILE
apiVersion: v1
kind: Config
clusters:
  - name: cluster
    cluster:
      server: https://$network.1:6443
      certificate-authority-data: $(base64 -w 0 "$pki/ca.crt")
users:
  - name: $1
    user:
      client-certificate-data: $(base64 -w 0 "$pki/$1.crt")
      client-key-data: $(base64 -w 0 "$pki/$1.key")
contexts:
  - name: cluster
    context: {cluster: cluster, user: $1}
current-context: cluster
END_OF_FILE
}
