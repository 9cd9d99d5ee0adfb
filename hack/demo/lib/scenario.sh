# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# The steps of the demo, in order.

is_applied=''

run_scenario() {
  say ''
  say "To run commands yourself, in another terminal: . $project/$folder/env"
  install_operator
  run_operator
  apply_sample
  show_verification
  verify_manually
  evict
  mistype
  apply_invalid
  scrape
  delete
  read_journal
  read_audit_log
  all_checks_passed=yes
}

install_operator() {
  heading 'Install' 'This installs the CRDs, the RBAC rules and the node restriction, as on any cluster.'
  show 'kubectl apply -k k8s'
  show 'kubectl wait --for=condition=Established crd/managedmodels.lmstudio-operator.dev --timeout=30s'
}

run_operator() {
  heading 'Run the operator' 'It runs with its own service account, a token for its node, and only the permissions that k8s/ grants.'
  write_node
  show "kubectl apply -f $folder/node.yaml"
  show "kubectl create token lmstudio-operator-all -n lmstudio-operator --bound-object-kind Node --bound-object-name $node > $folder/operator.token"
  write_operator_kubeconfig
  await_lm_studio
  start_operator
  show "kubectl --kubeconfig $folder/operator.kubeconfig auth whoami"
  expect_in 'the user' 'system:serviceaccount:lmstudio-operator:lmstudio-operator-all'
  show_refused "kubectl --kubeconfig $folder/operator.kubeconfig auth can-i get secrets --all-namespaces"
  passed 'it is not allowed to read Secrets'
}

apply_sample() {
  heading 'Apply' "You request a model by its key in LM Studio: $model."
  is_applied=yes
  show "$sample"
  show "kubectl wait --for=condition=Ready managedmodel/$object -n models --timeout=$patience"
  show 'kubectl get managedmodels -n models'
}

show_verification() {
  heading 'Ready, with its verification' 'The exit code of lms is not sufficient. The status records the results of two independent checks.'
  show "kubectl get managedmodels --all-namespaces -o yaml > $folder/managedmodels.yaml"
  show "kubectl get managedmodel $object -n models -o jsonpath='{.status.verification}'"
  say ''
  show "kubectl get managedmodel $object -n models -o jsonpath='{.status.verification.result} {.status.instance.identifier} {.status.instance.modelKey} {.status.loads}'"
  say ''
  expect 'result, identifier, key and number of loads' "Passed $identifier $model 1"
}

verify_manually() {
  heading 'Verify manually' 'The command line and the HTTP API of LM Studio list the instance, without the operator.'
  show 'lms ps'
  expect_in 'the command line' "$identifier"
  show "curl --silent $http_url/api/v1/models | tr -d ' \\n' | grep -o '\"loaded_instances\":\\[{[^]]*\\]'"
  expect_in 'the HTTP API' "\"id\":\"$identifier\""
}

evict() {
  heading 'Evict the model' 'Another client unloads the model. The operator detects it and loads the model again.'
  show "lms unload $identifier"
  show "kubectl wait --for=jsonpath='{.status.evictions}'=1 managedmodel/$object -n models --timeout=60s"
  show "kubectl wait --for=jsonpath='{.status.loads}'=2 managedmodel/$object -n models --timeout=$patience"
  show "kubectl wait --for=condition=Ready managedmodel/$object -n models --timeout=$patience"
  show 'kubectl get managedmodels -n models'
  show 'lms ps'
  expect_in 'the command line' "$identifier"
  if is_simulated; then
    seen=$(loads)
    expect "calls of lms load in the simulator's journal" 2
  fi
}

mistype() {
  local typo=${model:0:1}${model:2}
  heading 'Mistype the name of a model' 'The operator does not guess and loads nothing. The status lists similar models.'
  cat >"$folder/typo.yaml" <<TYPO
apiVersion: lmstudio-operator.dev/v1alpha1
kind: ManagedModel
metadata:
  name: typo
  namespace: models
spec:
  model: "$typo"
TYPO
  show "cat $folder/typo.yaml"
  show "kubectl apply -f $folder/typo.yaml"
  show 'kubectl wait --for=condition=Stalled managedmodel/typo -n models --timeout=30s'
  show "kubectl get managedmodel typo -n models -o jsonpath='{.status.conditions[?(@.type==\"Stalled\")].reason}'"
  say ''
  expect 'the reason' ModelNotFound
  show "kubectl get managedmodel typo -n models -o jsonpath='{.status.conditions[?(@.type==\"Stalled\")].message}'"
  say ''
  expect_in 'the message' "$model"
  if is_simulated; then
    seen=$(loads typo)
    expect "calls of lms load for $typo in the simulator's journal" 0
  fi
  show 'kubectl get managedmodels -n models -o wide'
  show 'kubectl delete managedmodel typo -n models --timeout=30s'
}

apply_invalid() {
  heading 'Apply an invalid model' 'The API server rejects a key that lms would parse as an option.'
  cat >"$folder/nonsense.yaml" <<NONSENSE
apiVersion: lmstudio-operator.dev/v1alpha1
kind: ManagedModel
metadata:
  name: nonsense
  namespace: models
spec:
  model: "--all"
NONSENSE
  show_refused "kubectl apply -f $folder/nonsense.yaml"
  expect_in 'the rejection' spec.model
}

scrape() {
  heading 'Scrape the metrics' 'The dashboards use these metrics.'
  show "curl --fail --silent $operator_url/q/metrics > $folder/metrics.txt"
  show "grep '^lms_' $folder/metrics.txt | grep -v _bucket"
  expect_in 'the scrape' lms_active_models
}

delete() {
  heading 'Delete' 'The agent unloads the model, because it loaded it. A finalizer keeps the resource until the memory is free.'
  show "kubectl delete managedmodel $object -n models --timeout=60s"
  show_refused "kubectl get managedmodel $object -n models"
  expect_in 'the response' NotFound
  show 'lms ps'
  case $seen in
    *"$identifier"*) fail "LM Studio no longer lists $identifier" "$seen" ;;
  esac
  passed 'the instance is unloaded'
  is_applied=''
}

read_journal() {
  is_simulated || return 0
  heading 'Read the journal' 'The simulator records each call of lms. A load without a TTL would keep its memory indefinitely.'
  journal >"$folder/journal.jsonl"
  show "grep -c '\"argv\":\\[\"load\"' $folder/journal.jsonl"
  expect 'loads' 2
  show_refused "grep '\"argv\":\\[\"load\"' $folder/journal.jsonl | grep -v -e '\"--ttl[=\"]'"
  passed 'no load without --ttl'
  show_refused "grep '\"argv\":\\[\"load\"' $folder/journal.jsonl | grep -v -e '\"--identifier[=\"]'"
  passed 'no load without --identifier'
}

read_audit_log() {
  local account=system:serviceaccount:lmstudio-operator:lmstudio-operator-all
  heading 'Read the audit log' 'The API server records each request with its user.'
  show_refused "grep $account $folder/audit.jsonl | grep '\"code\":403'"
  passed 'no request of the operator was denied'
  show_refused "grep '\"userAgent\":\"fabric8' $folder/audit.jsonl | grep -v $account"
  passed 'the operator used no other account'
}

stay_up() {
  heading 'Try it yourself' 'All processes run until you press Ctrl-C, which stops them.'
  is_applied=yes
  show "$sample"
  cat <<HINT

In another terminal:

  . $project/$folder/env
  kubectl get managedmodels -n models --watch
  kubectl explain managedmodel.spec
  lms ps
  lms unload $identifier

Logs: $folder/operator.log, $folder/audit.jsonl. Metrics: $operator_url/q/metrics
HINT
  while :; do
    require_all_running
    pause 1
  done
}
