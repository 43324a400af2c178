{{/* Volumes of a pod: takes {root, backend}. */}}
{{- define "stagedoor.volumes" -}}
{{- $values := .root.Values -}}
{{- include "stagedoor.rootVolume" . }}
- name: state
  emptyDir: {}
- name: tmp
  emptyDir: {}
{{- if ne $values.database.client "pg" }}
- name: data
  emptyDir: {}
{{- end }}
- name: dynamic-plugins
  projected:
    sources:
      - configMap:
          name: {{ .backend.fullname }}
          items:
            - key: dynamic-plugins.yaml
              path: dynamic-plugins.yaml
      {{- range $values.install.includeConfigMaps }}
      - configMap:
          name: {{ . }}
      {{- end }}
- name: app-config
  projected:
    sources:
      - configMap:
          name: {{ .backend.fullname }}
          items:
            {{- range list "chart" "discovery" "values" "backend" }}
            - key: app-config.{{ . }}.yaml
              path: app-config.{{ . }}.yaml
            {{- end }}
      {{- range $i, $from := $values.extraAppConfig }}
      - {{- include "stagedoor.projectedKey" (dict "from" $from "path" (printf "app-config.extra-%d.yaml" $i)) | nindent 8 }}
      {{- end }}
{{- if include "stagedoor.keyFiles" .root | fromJsonArray }}
- name: trusted-keys
  projected:
    sources:
      {{- with $values.signatures.trustedKeys }}
      - configMap:
          name: {{ $.backend.fullname }}
          items:
            {{- range $i, $_ := . }}
            - key: trusted-key-{{ $i }}.pem
              path: key-{{ $i }}.pem
            {{- end }}
      {{- end }}
      {{- range $i, $from := $values.signatures.trustedKeysFrom }}
      - {{- include "stagedoor.projectedKey" (dict "from" $from "path" (printf "from-%d.pem" $i)) | nindent 8 }}
      {{- end }}
{{- end }}
{{- with $values.serviceKeys.secret }}
- name: service-keys
  secret:
    secretName: {{ . }}
{{- end }}
{{- with $values.registry.npmrcSecret }}
{{- if .name }}
- name: npmrc
  secret:
    secretName: {{ .name }}
    items:
      - key: {{ .key }}
        path: .npmrc
{{- end }}
{{- end }}
{{- with $values.registry.authSecret }}
{{- if .name }}
- name: registry-auth
  secret:
    secretName: {{ .name }}
    items:
      - key: {{ .key }}
        path: auth.json
{{- end }}
{{- end }}
{{- with $values.registry.caConfigMap }}
{{- if .name }}
- name: ca
  configMap:
    name: {{ .name }}
    items:
      - key: {{ .key }}
        path: ca.crt
{{- end }}
{{- end }}
{{- with $values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* One key of a ConfigMap or secret as a file: takes {from: {configMap or secret, key}, path}. */}}
{{- define "stagedoor.projectedKey" -}}
{{ .from.secret | empty | ternary "configMap" "secret" }}:
  name: {{ .from.secret | default .from.configMap }}
  items:
    - key: {{ .from.key }}
      path: {{ .path }}
{{- end -}}

{{/* Where the bundles lie: takes {root, backend}. */}}
{{- define "stagedoor.rootVolume" -}}
{{- $volume := .root.Values.root -}}
- name: root
  {{- if eq $volume.type "emptyDir" }}
  emptyDir:
    sizeLimit: {{ $volume.size }}
  {{- else if eq $volume.type "ephemeral" }}
  ephemeral:
    volumeClaimTemplate:
      spec:
        {{- include "stagedoor.claim" $volume | nindent 8 }}
  {{- else }}
  persistentVolumeClaim:
    claimName: {{ include "stagedoor.claimName" . }}
  {{- end }}
{{- end -}}

{{/* A claim that exists is the default backend's; split backends have their own. */}}
{{- define "stagedoor.claimName" -}}
{{- $existing := eq .backend.name "default" | ternary .root.Values.root.existingClaim "" -}}
{{- $existing | default (printf "%s-plugins" .backend.fullname) -}}
{{- end -}}

{{- define "stagedoor.claim" -}}
accessModes:
  {{- toYaml .accessModes | nindent 2 }}
{{- with .storageClass }}
storageClassName: {{ . }}
{{- end }}
resources:
  requests:
    storage: {{ .size }}
{{- end -}}
