{{/* Pod template of one backend: takes {root, plan, backend}. */}}
{{- define "stagedoor.podTemplate" -}}
{{- $values := .root.Values -}}
{{- $settings := .backend.settings -}}
metadata:
  labels:
    {{- include "stagedoor.selector" . | nindent 4 }}
    {{- with merge (dict) $values.podLabels $values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/dynamic-plugins: {{ include "stagedoor.pluginsChecksum" . }}
    checksum/app-config: {{ include "stagedoor.appConfigChecksum" . }}
    {{- with merge (dict) $settings.podAnnotations $values.commonAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "stagedoor.serviceAccount" .root }}
  # Nothing in the portal calls the Kubernetes API.
  automountServiceAccountToken: false
  shareProcessNamespace: false
  {{- if not $values.hostUsers }}
  hostUsers: false
  {{- end }}
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
  securityContext:
    {{- toYaml $values.podSecurityContext | nindent 4 }}
  {{- with $values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- range $key := list "nodeSelector" "tolerations" "affinity" }}
  {{- with get $settings $key }}
  {{ $key }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with $settings.topologySpread }}
  topologySpreadConstraints:
    {{- range . }}
    - {{- toYaml . | nindent 6 }}
      labelSelector:
        matchLabels:
          {{- include "stagedoor.selector" $ | nindent 10 }}
    {{- end }}
  {{- end }}
  initContainers:
    {{- with $values.extraInitContainers }}
    {{- tpl (toYaml .) $.root | nindent 4 }}
    {{- end }}
    {{- include "stagedoor.installContainer" . | nindent 4 }}
  containers:
    {{- include "stagedoor.portalContainer" . | nindent 4 }}
    {{- with $values.extraContainers }}
    {{- tpl (toYaml .) $.root | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "stagedoor.volumes" . | nindent 4 }}
{{- end -}}
