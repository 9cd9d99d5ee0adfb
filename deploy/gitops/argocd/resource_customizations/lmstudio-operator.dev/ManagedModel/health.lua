-- The status of a ManagedModel follows kstatus: https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
-- It also reports states that kstatus does not have: a user suspended it, or no agent is available.
local conditions = {}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    conditions[condition.type] = condition
  end
end
local ready = conditions["Ready"]
local stalled = conditions["Stalled"]

-- The controller writes this condition for a lost agent. Only the agent updates observedGeneration.
if ready ~= nil and (ready.reason == "AgentLost" or ready.reason == "NodeGone") then
  return { status = "Degraded", message = ready.message }
end
if ready == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the operator to reconcile it" }
end
if ready.reason == "Suspended" then
  return { status = "Suspended", message = ready.message }
end
if stalled ~= nil and stalled.status == "True" then
  return { status = "Degraded", message = stalled.message }
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message }
end
return { status = "Progressing", message = ready.message }
