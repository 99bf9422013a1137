#!/usr/bin/env bash
# manifests.sh HELM: makes deploy/kubernetes/sagara.yaml, for those who do not use Helm, from the chart and its values.
set -euo pipefail
HELM=$1
cd "$(dirname "${BASH_SOURCE[0]}")"
new=kubernetes/sagara.yaml.new
trap 'rm -f "$new"' EXIT
{
  echo "# Made by deploy/manifests.sh from deploy/helm/sagara: change it there."
  # the newest Kubernetes it is tested with; the chart itself says from which on it works
  "$HELM" template sagara helm/sagara --namespace kadalu --kube-version 1.37 --include-crds
} >"$new"
mv "$new" kubernetes/sagara.yaml
