{{- define "stagedoor.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Leaves room for the name of a backend, of 20 characters at most. */}}
{{- define "stagedoor.fullname" -}}
{{- $name := include "stagedoor.name" . -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $full | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "stagedoor.serviceAccount" -}}
{{- $made := .Values.serviceAccount.create | ternary (include "stagedoor.fullname" .) "default" -}}
{{- .Values.serviceAccount.name | default $made -}}
{{- end -}}

{{- define "stagedoor.image" -}}
{{- $version := printf ":%s" (.Values.image.tag | default .Chart.AppVersion) -}}
{{- .Values.image.repository -}}
{{- if .Values.image.digest -}}@{{ .Values.image.digest }}{{- else -}}{{ $version }}{{- end -}}
{{- end -}}

{{/* What every object of the release has in common. */}}
{{- define "stagedoor.releaseSelector" -}}
app.kubernetes.io/name: {{ include "stagedoor.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Of one backend: takes {root, backend}. */}}
{{- define "stagedoor.selector" -}}
{{ include "stagedoor.releaseSelector" .root }}
app.kubernetes.io/component: {{ .backend.name }}
{{- end -}}

{{/* Name, labels and annotations of an object: takes {root, name, backend?, labels?, annotations?}. */}}
{{- define "stagedoor.metadata" -}}
{{- $root := .root -}}
name: {{ .name }}
namespace: {{ $root.Release.Namespace }}
labels:
  helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
  app.kubernetes.io/managed-by: {{ $root.Release.Service }}
  app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
  {{- include "stagedoor.releaseSelector" $root | nindent 2 }}
  {{- with .backend }}
  app.kubernetes.io/component: {{ .name }}
  {{- end }}
  {{- with merge (dict) (.labels | default dict) $root.Values.commonLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (.annotations | default dict) $root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Where browsers reach the portal. */}}
{{- define "stagedoor.baseUrl" -}}
{{- if .Values.baseUrl -}}
{{- .Values.baseUrl -}}
{{- else if and .Values.ingress.enabled .Values.ingress.host -}}
{{- .Values.ingress.tlsSecret | empty | ternary "http" "https" -}}://{{ .Values.ingress.host }}
{{- else if and .Values.gateway.enabled .Values.gateway.hostnames -}}
https://{{ first .Values.gateway.hostnames }}
{{- else -}}
http://localhost:{{ .Values.service.port }}
{{- end -}}
{{- end -}}
