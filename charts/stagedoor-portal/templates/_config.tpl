{{/* Folders in the containers. */}}
{{- define "stagedoor.rootDirectory" -}}/var/lib/stagedoor/plugins{{- end -}}
{{- define "stagedoor.configDirectory" -}}/etc/stagedoor/app-config{{- end -}}

{{/* app-config that follows from the values, the same for every backend. */}}
{{- define "stagedoor.appConfig" -}}
app:
  baseUrl: {{ include "stagedoor.baseUrl" . }}
  packageName: '@stagedoor/portal-app'
  # Lists the providers that are configured below auth.providers.
  signIn: []
backend:
  baseUrl: {{ include "stagedoor.baseUrl" . }}
  listen:
    host: 0.0.0.0
    port: 7007
  cors:
    origin: {{ include "stagedoor.baseUrl" . }}
  {{- if hasPrefix "http://" (include "stagedoor.baseUrl" .) }}
  csp:
    # Browsers would ask for the app with https.
    upgrade-insecure-requests: false
  {{- end }}
  lifecycle:
    serverShutdownDelay: { seconds: {{ .Values.shutdownDelaySeconds }} }
  database:
    {{- if eq .Values.database.client "pg" }}
    client: pg
    pluginDivisionMode: {{ .Values.database.pluginDivisionMode }}
    connection:
      host: ${POSTGRES_HOST}
      port: ${POSTGRES_PORT}
      user: ${POSTGRES_USER}
      password: ${POSTGRES_PASSWORD}
    {{- else }}
    client: better-sqlite3
    connection:
      directory: /var/lib/stagedoor/data
    {{- end }}
  {{- with .Values.serviceKeys }}
  {{- if .secret }}
  auth:
    pluginKeyStore:
      type: static
      static:
        keys:
          - keyId: {{ .keyId | quote }}
            algorithm: {{ .algorithm }}
            publicKeyFile: /etc/stagedoor/service-keys/public.key
            privateKeyFile: /etc/stagedoor/service-keys/private.key
  {{- end }}
  {{- end }}
auth:
  environment: production
  {{- if .Values.sessionSecret.name }}
  session:
    secret: ${AUTH_SESSION_SECRET}
  {{- end }}
permission:
  enabled: true
dynamicPlugins:
  rootDirectory: {{ include "stagedoor.rootDirectory" . }}
  stateDirectory: /var/lib/stagedoor/state
  {{- if .Values.metrics.enabled }}
  metrics:
    host: 0.0.0.0
    port: {{ .Values.metrics.port }}
  {{- end }}
  signatures:
    {{- with .Values.signatures }}
    {{- dict "mode" .mode "allowUnsigned" .allowUnsigned "trustedKeys" (include "stagedoor.keyFiles" $ | fromJsonArray) | toYaml | nindent 4 }}
    {{- end }}
  {{- with include "stagedoor.policy" . | fromYaml }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* What is set below dynamicPlugins, beside what the chart needs. */}}
{{- define "stagedoor.policy" -}}
{{- with .Values.pluginUsers -}}
{{- $users := .enabled | ternary (dict "process" (dict "users" (pick . "from" "count"))) dict -}}
{{- $isolation := .enabled | ternary (dict "isolation" "process") dict -}}
{{- mergeOverwrite $isolation (deepCopy $.Values.policy) $users | toYaml -}}
{{- end -}}
{{- end -}}

{{/*
Where one backend finds plugins: its own in itself, those of another backend there, all others in the default one.
Takes {root, plan, backend}. `external` is left out: browsers come through the ingress, at backend.baseUrl.
*/}}
{{- define "stagedoor.discovery" -}}
{{- $port := .root.Values.service.port -}}
{{- $self := .backend.name -}}
{{- $endpoints := list -}}
{{- range .plan.backends -}}
  {{- $own := eq .name $self -}}
  {{- $address := $own | ternary "127.0.0.1:7007" (printf "%s:%v" .fullname $port) -}}
  {{- $ids := eq .name "default" | ternary (list "*") .ids -}}
  {{- $ids = $own | ternary (append $ids "dynamic-plugins") $ids -}}
  {{- $endpoints = append $endpoints (dict "target" (dict "internal" (printf "http://%s/api/{{pluginId}}" $address)) "plugins" $ids) -}}
{{- end -}}
{{- dict "discovery" (dict "endpoints" $endpoints) | toYaml -}}
{{- end -}}

{{/* The files that trusted keys are mounted as, a JSON array. */}}
{{- define "stagedoor.keyFiles" -}}
{{- $files := list -}}
{{- range $i, $_ := .Values.signatures.trustedKeys -}}{{- $files = append $files (printf "/etc/stagedoor/trusted-keys/key-%d.pem" $i) -}}{{- end -}}
{{- range $i, $_ := .Values.signatures.trustedKeysFrom -}}{{- $files = append $files (printf "/etc/stagedoor/trusted-keys/from-%d.pem" $i) -}}{{- end -}}
{{- toJson $files -}}
{{- end -}}

{{/* The installer knows no exceptions: where some packages need no signature, only the portal checks. */}}
{{- define "stagedoor.keysForInstall" -}}
{{- with .Values.signatures -}}
{{- and (eq .mode "require") (empty .allowUnsigned) -}}
{{- end -}}
{{- end -}}

{{/* dynamic-plugins.yaml of one backend: takes {root, backend}. */}}
{{- define "stagedoor.dynamicPlugins" -}}
{{- $isDefault := eq .backend.name "default" -}}
{{- $plugins := .backend.plugins -}}
{{- $includes := $isDefault | ternary .root.Values.dynamicPlugins.includes list -}}
{{- if $includes -}}
  {{- /* An included entry would run here, too. */ -}}
  {{- range .backend.moved -}}{{- $plugins = append $plugins (dict "package" .package "disabled" true) -}}{{- end -}}
{{- end -}}
{{- dict "includes" $includes "plugins" $plugins | toYaml -}}
{{- end -}}

{{/* Changes exactly when other plugins are to be installed in this backend: takes {root, backend}. */}}
{{- define "stagedoor.pluginsChecksum" -}}
{{- $elsewhere := list -}}
{{- range .backend.moved -}}{{- $elsewhere = append $elsewhere (include "stagedoor.packageKey" .package) -}}{{- end -}}
{{- $isDefault := eq .backend.name "default" -}}
{{- $includes := $isDefault | ternary .root.Values.dynamicPlugins.includes list -}}
{{- dict "includes" $includes "plugins" .backend.plugins "elsewhere" ($includes | empty | ternary list $elsewhere) | toJson | sha256sum -}}
{{- end -}}

{{/* Changes when the backend has to start again for its app-config; discovery is read while it runs. */}}
{{- define "stagedoor.appConfigChecksum" -}}
{{- list (include "stagedoor.appConfig" .root) .root.Values.signatures.trustedKeys .root.Values.appConfig .backend.settings.appConfig | toJson | sha256sum -}}
{{- end -}}

{{/* Files given to --config, later ones win: takes root. */}}
{{- define "stagedoor.configArguments" -}}
{{- $dir := include "stagedoor.configDirectory" . -}}
{{- $files := list (printf "%s/app-config.dynamic-plugins.yaml" (include "stagedoor.rootDirectory" .)) -}}
{{- range list "chart" "discovery" "values" -}}{{- $files = append $files (printf "%s/app-config.%s.yaml" $dir .) -}}{{- end -}}
{{- range $i, $_ := .Values.extraAppConfig -}}{{- $files = append $files (printf "%s/app-config.extra-%d.yaml" $dir $i) -}}{{- end -}}
{{- $files = append $files (printf "%s/app-config.backend.yaml" $dir) -}}
{{- $arguments := list -}}
{{- range $files -}}{{- $arguments = concat $arguments (list "--config" .) -}}{{- end -}}
{{- toYaml $arguments -}}
{{- end -}}
