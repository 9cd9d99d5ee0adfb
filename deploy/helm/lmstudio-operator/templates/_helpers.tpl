{{/*
Renders the objects of files in k8s/base, to which files/base links. With one source they are the same for each way of
installation.
Parameters: the context of the chart, the file names, and annotations.
*/}}
{{- define "lmstudio-operator.ofBase" -}}
{{- $annotations := .annotations -}}
{{- $context := .context -}}
{{- range $file := .files }}
{{- $here := printf "${1}%s${2}" $context.Release.Namespace }}
{{- $text := $context.Files.Get (printf "files/%s" $file) | required (printf "the chart lacks %s" $file) }}
{{- $text = regexReplaceAll "(?m)(serviceaccount:|metadata.name: |namespace: )lmstudio-operator(:|$)" $text $here }}
{{- range $document := splitList "\n---\n" $text }}
{{- $object := fromYaml $document }}
{{- $_ := set $object.metadata "labels" (include "lmstudio-operator.labels" $context | fromYaml) }}
{{- with $annotations }}
{{- $_ := set $object.metadata "annotations" (merge (dict) . ($object.metadata.annotations | default dict)) }}
{{- end }}
---
{{ toYaml $object }}
{{- end }}
{{- end }}
{{- end }}

{{- define "lmstudio-operator.labels" -}}
app.kubernetes.io/name: lmstudio-operator
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "lmstudio-operator.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* The probes of each container. They differ only in path and failure threshold. */}}
{{- define "lmstudio-operator.probes" -}}
startupProbe:
  httpGet:
    path: /q/health/started
    port: http
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 60
readinessProbe:
  httpGet:
    path: /q/health/ready
    port: http
  periodSeconds: 10
  timeoutSeconds: 5
# The probe does not fail if LM Studio or the API server is unavailable.
livenessProbe:
  httpGet:
    path: /q/health/live
    port: http
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end }}

{{- define "lmstudio-operator.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{- define "lmstudio-operator.settings" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
