# shellcheck shell=bash disable=SC2034,SC2154  # the parts of the demo share their variables
# The steps of the demo, in order.

is_applied=''

tell_story() {
  say ''
  say "To type along, in another terminal: . $project/$folder/env"
  install_operator
  run_operator
  apply_sample
  look_at_proof
  ask_both_witnesses
  evict
  mistype
  apply_nonsense
  scrape
  delete
  read_journal
  read_audit_log
  has_held=yes
}

install_operator() {
  heading 'Install' 'The resource type, who may do what, and the node restriction, as on any cluster.'
  show 'kubectl apply -k k8s'
  show 'kubectl wait --for=condition=Established crd/managedmodels.lmstudio-operator.dev --timeout=30s'
}

run_operator() {
  heading 'Run the operator' 'It runs as its own service account, with a token for its node and with the rights that k8s/ grants: no more.'
  write_node
  show "kubectl apply -f $folder/node.yaml"
  show "kubectl create token lmstudio-operator-all -n lmstudio-operator --bound-object-kind Node --bound-object-name $node > $folder/operator.token"
  write_operator_kubeconfig
  await_lm_studio
  start_operator
  show "kubectl --kubeconfig $folder/operator.kubeconfig auth whoami"
  expect_in 'the user' 'system:serviceaccount:lmstudio-operator:lmstudio-operator-all'
  show_refused "kubectl --kubeconfig $folder/operator.kubeconfig auth can-i delete managedmodels --all-namespaces"
  holds 'it may not delete what people apply'
}

apply_sample() {
  heading 'Apply' "A person asks for a model, by the key that LM Studio knows it by: $model."
  is_applied=yes
  show "$sample"
  show "kubectl wait --for=condition=Ready managedmodel/$object -n models --timeout=$patience"
  show 'kubectl get managedmodels -n models'
}

look_at_proof() {
  heading 'Ready, with its proof' 'An exit code of lms proves nothing. Two witnesses were asked, and the status says what they said.'
  show "kubectl get managedmodels --all-namespaces -o yaml > $folder/managedmodels.yaml"
  show "kubectl get managedmodel $object -n models -o jsonpath='{.status.verification}'"
  say ''
  show "kubectl get managedmodel $object -n models -o jsonpath='{.status.verification.result} {.status.instance.identifier} {.status.instance.modelKey} {.status.loads}'"
  say ''
  expect 'result, identifier, key and number of loads' "Passed $identifier $model 1"
}

ask_both_witnesses() {
  heading 'Ask both witnesses ourselves' 'What the command line and the HTTP API of LM Studio say, without the operator in between.'
  show 'lms ps'
  expect_in 'the command line' "$identifier"
  show "curl --silent $http_url/api/v1/models | tr -d ' \\n' | grep -o '\"loaded_instances\":\\[{[^]]*\\]'"
  expect_in 'the HTTP API' "\"id\":\"$identifier\""
}

evict() {
  heading 'Evict it behind the back of the operator' 'Somebody unloads the model by hand. Nobody tells the operator; it finds out, and loads it again.'
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
  heading 'Mistype the name of a model' 'Nothing is guessed and nothing is loaded. The person who mistyped it is told what there is.'
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

apply_nonsense() {
  heading 'Apply nonsense' 'A key that lms would take for an option never gets as far as the operator: the API server refuses it.'
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
  expect_in 'the refusal' spec.model
}

scrape() {
  heading 'Scrape' 'What the dashboards see.'
  show "curl --fail --silent $operator_url/q/metrics > $folder/metrics.txt"
  show "grep '^lms_' $folder/metrics.txt | grep -v _bucket"
  expect_in 'the scrape' lms_active_models
}

delete() {
  heading 'Delete' 'The agent loaded it, so the agent unloads it; a finalizer keeps the resource until the memory is free.'
  show "kubectl delete managedmodel $object -n models --timeout=60s"
  show_refused "kubectl get managedmodel $object -n models"
  expect_in 'the answer' NotFound
  show 'lms ps'
  case $seen in
    *"$identifier"*) fail "LM Studio does not list $identifier any more" "$seen" ;;
  esac
  holds 'the instance is gone'
  is_applied=''
}

read_journal() {
  is_simulated || return 0
  heading 'Read the journal' 'The simulator wrote down each call of lms. A load without a TTL would hold its memory for ever.'
  journal >"$folder/journal.jsonl"
  show "grep -c '\"argv\":\\[\"load\"' $folder/journal.jsonl"
  expect 'loads' 2
  show_refused "grep '\"argv\":\\[\"load\"' $folder/journal.jsonl | grep -v -e '\"--ttl[=\"]'"
  holds 'no load without --ttl'
  show_refused "grep '\"argv\":\\[\"load\"' $folder/journal.jsonl | grep -v -e '\"--identifier[=\"]'"
  holds 'no load without --identifier'
}

read_audit_log() {
  local account=system:serviceaccount:lmstudio-operator:lmstudio-operator-all
  heading 'Read the audit log' 'The API server wrote down who asked for what.'
  show_refused "grep $account $folder/audit.jsonl | grep '\"code\":403'"
  holds 'the operator asked for nothing that it may not do'
  show_refused "grep '\"userAgent\":\"fabric8' $folder/audit.jsonl | grep -v $account"
  holds 'it never asked as anybody else'
}

stay_up() {
  heading 'Your turn' 'Everything stays up until Ctrl-C, which stops it and leaves nothing running.'
  is_applied=yes
  show "$sample"
  cat <<TURN

In another terminal:

  . $project/$folder/env
  kubectl get managedmodels -n models --watch
  kubectl explain managedmodel.spec
  lms ps
  lms unload $identifier

Logs: $folder/operator.log, $folder/audit.jsonl. Metrics: $operator_url/q/metrics
TURN
  while :; do
    require_all_running
    pause 1
  done
}
