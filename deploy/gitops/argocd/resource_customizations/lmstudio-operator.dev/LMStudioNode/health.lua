-- The status of an LMStudioNode follows kstatus: https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
-- kstatus waits for a node whose LM Studio is not usable. Argo CD reports such a node as Degraded.
local ready = nil
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == "Ready" then
      ready = condition
    end
  end
end

-- The controller writes this condition for a lost agent. Only the agent updates observedGeneration.
if ready ~= nil and ready.reason == "AgentLost" then
  return { status = "Degraded", message = ready.message }
end
if ready == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the agent of this node" }
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message }
end
if ready.reason == "Observing" then
  return { status = "Progressing", message = ready.message }
end
return { status = "Degraded", message = ready.message }
