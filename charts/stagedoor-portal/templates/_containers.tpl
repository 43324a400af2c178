{{/* What both containers of a backend have in common: takes {root, securityContext}, the latter to be laid over that of the values. */}}
{{- define "stagedoor.containerBase" -}}
image: {{ include "stagedoor.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  {{- mergeOverwrite (deepCopy .root.Values.securityContext) (.securityContext | default dict) | toYaml | nindent 2 }}
{{- end -}}

{{/* What the portal needs to start, serve and end processes of other users, as YAML. */}}
{{- define "stagedoor.switchesUsers" -}}
runAsUser: 0
runAsGroup: 0
runAsNonRoot: false
capabilities:
  add: [CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID]
{{- end -}}

{{/* Fills the root directory before the portal starts: takes {root, backend}. */}}
{{- define "stagedoor.installContainer" -}}
{{- $values := .root.Values -}}
- name: install-dynamic-plugins
  {{- include "stagedoor.containerBase" . | nindent 2 }}
  command: [stagedoor]
  args:
    - install
    - --config
    - /etc/stagedoor/dynamic-plugins/dynamic-plugins.yaml
    {{- if eq (include "stagedoor.keysForInstall" .root) "true" }}
    - --require-signature
    {{- range include "stagedoor.keyFiles" .root | fromJsonArray }}
    - --key
    - {{ . }}
    {{- end }}
    {{- end }}
    {{- range $values.install.extraArgs }}
    - {{ . | quote }}
    {{- end }}
    - {{ include "stagedoor.rootDirectory" .root }}
  env:
    # Caches go where the file system can be written.
    - name: HOME
      value: /tmp
    {{- if $values.registry.npmrcSecret.name }}
    - name: NPM_CONFIG_USERCONFIG
      value: /etc/stagedoor/npmrc/.npmrc
    {{- end }}
    {{- if $values.registry.authSecret.name }}
    - name: REGISTRY_AUTH_FILE
      value: /etc/stagedoor/registry-auth/auth.json
    {{- end }}
    {{- with include "stagedoor.caVariable" .root }}{{ . | nindent 4 }}{{- end }}
    {{- with $values.install.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $values.install.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
    - name: root
      mountPath: {{ include "stagedoor.rootDirectory" .root }}
    - name: dynamic-plugins
      mountPath: /etc/stagedoor/dynamic-plugins
      readOnly: true
    - name: tmp
      mountPath: /tmp
    {{- if $values.registry.npmrcSecret.name }}
    - name: npmrc
      mountPath: /etc/stagedoor/npmrc
      readOnly: true
    {{- end }}
    {{- if $values.registry.authSecret.name }}
    - name: registry-auth
      mountPath: /etc/stagedoor/registry-auth
      readOnly: true
    {{- end }}
    {{- with include "stagedoor.keysMount" .root }}{{ . | nindent 4 }}{{- end }}
    {{- with include "stagedoor.caMount" .root }}{{ . | nindent 4 }}{{- end }}
    {{- with $values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* The portal of one backend: takes {root, backend}. */}}
{{- define "stagedoor.portalContainer" -}}
{{- $values := .root.Values -}}
{{- $securityContext := $values.pluginUsers.enabled | ternary (include "stagedoor.switchesUsers" . | fromYaml) dict -}}
- name: portal
  {{- include "stagedoor.containerBase" (dict "root" .root "securityContext" $securityContext) | nindent 2 }}
  command: [stagedoor-portal]
  args:
    {{- include "stagedoor.configArguments" .root | nindent 4 }}
  env:
    - name: NODE_ENV
      value: production
    - name: HOME
      {{- /* In /tmp the users of plugins could leave files that programs look for in a home. */}}
      value: {{ $values.pluginUsers.enabled | ternary "/var/lib/stagedoor/state" "/tmp" }}
    {{- if eq $values.database.client "pg" }}
    {{- include "stagedoor.databaseVariables" $values.database | nindent 4 }}
    {{- end }}
    {{- with $values.sessionSecret }}
    {{- if .name }}
    {{- include "stagedoor.secretVariable" (dict "variable" "AUTH_SESSION_SECRET" "secret" .) | nindent 4 }}
    {{- end }}
    {{- end }}
    {{- with include "stagedoor.caVariable" .root }}{{ . | nindent 4 }}{{- end }}
    {{- with .backend.settings.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $values.extraEnvFrom }}
  envFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  ports:
    - name: http
      containerPort: 7007
    {{- if $values.metrics.enabled }}
    - name: metrics
      containerPort: {{ $values.metrics.port }}
    {{- end }}
  {{- range $probe, $path := dict "startup" "liveness" "readiness" "readiness" "liveness" "liveness" }}
  {{ $probe }}Probe:
    httpGet:
      path: /.backstage/health/v1/{{ $path }}
      port: http
    {{- toYaml (get $values.probes $probe) | nindent 4 }}
  {{- end }}
  {{- with .backend.settings.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
    - name: root
      mountPath: {{ include "stagedoor.rootDirectory" .root }}
    - name: state
      mountPath: /var/lib/stagedoor/state
    {{- if ne $values.database.client "pg" }}
    - name: data
      mountPath: /var/lib/stagedoor/data
    {{- end }}
    - name: app-config
      mountPath: {{ include "stagedoor.configDirectory" .root }}
      readOnly: true
    - name: tmp
      mountPath: /tmp
    {{- if $values.serviceKeys.secret }}
    - name: service-keys
      mountPath: /etc/stagedoor/service-keys
      readOnly: true
    {{- end }}
    {{- with include "stagedoor.keysMount" .root }}{{ . | nindent 4 }}{{- end }}
    {{- with include "stagedoor.caMount" .root }}{{ . | nindent 4 }}{{- end }}
    {{- with $values.extraVolumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "stagedoor.secretVariable" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret.name }}
      key: {{ .secret.key }}
{{- end -}}

{{- define "stagedoor.databaseVariables" -}}
- name: POSTGRES_HOST
  value: {{ .host | quote }}
- name: POSTGRES_PORT
  value: {{ .port | quote }}
{{- if .userSecret.name }}
{{ include "stagedoor.secretVariable" (dict "variable" "POSTGRES_USER" "secret" .userSecret) }}
{{- else }}
- name: POSTGRES_USER
  value: {{ .user | quote }}
{{- end }}
{{ include "stagedoor.secretVariable" (dict "variable" "POSTGRES_PASSWORD" "secret" .passwordSecret) }}
{{- end -}}

{{- define "stagedoor.caVariable" -}}
{{- if .Values.registry.caConfigMap.name -}}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/stagedoor/ca/ca.crt
{{- end -}}
{{- end -}}

{{- define "stagedoor.keysMount" -}}
{{- if include "stagedoor.keyFiles" . | fromJsonArray -}}
- name: trusted-keys
  mountPath: /etc/stagedoor/trusted-keys
  readOnly: true
{{- end -}}
{{- end -}}

{{- define "stagedoor.caMount" -}}
{{- if .Values.registry.caConfigMap.name -}}
- name: ca
  mountPath: /etc/stagedoor/ca
  readOnly: true
{{- end -}}
{{- end -}}
