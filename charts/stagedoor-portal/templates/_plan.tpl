{{/*
Which backend runs what, as JSON: {backends: [{name, fullname, ids, plugins, moved, settings}]}, the default backend
first. `plugins` are entries of dynamicPlugins.plugins, `ids` the plugin ids that others find there, `moved` (default
backend only) the entries that run elsewhere.
*/}}
{{- define "stagedoor.plan" -}}
{{- $entries := .Values.dynamicPlugins.plugins | default list -}}
{{- $keys := list -}}
{{- range $entries -}}{{- $keys = append $keys (include "stagedoor.packageKey" .package) -}}{{- end -}}
{{- $idOwner := dict -}}
{{- $keyOwner := dict -}}
{{- $split := list -}}
{{- range $name := keys .Values.backends | sortAlpha -}}
  {{- $backend := get $.Values.backends $name -}}
  {{- $where := printf "backends.%s.plugins" $name -}}
  {{- $ids := list -}}
  {{- range $item := $backend.plugins -}}
    {{- $id := kindIs "string" $item | ternary $item (kindIs "map" $item | ternary $item dict | dig "id" "") -}}
    {{- if eq $id "dynamic-plugins" -}}{{- fail (printf "%s: every backend has its own plugin dynamic-plugins" $where) -}}{{- end -}}
    {{- with get $idOwner $id -}}
      {{- fail (printf "%s: plugin %s is already in backends.%s.plugins; a plugin runs in one backend" $where $id .) -}}
    {{- end -}}
    {{- $_ := set $idOwner $id $name -}}
    {{- $ids = append $ids $id -}}
    {{- $wanted := list -}}
    {{- if kindIs "string" $item -}}
      {{- range $entries -}}
        {{- if regexMatch (printf "^(.*-)?plugin-%s-backend(-module-.+)?$|^%s-backend(-module-.+)?$" $id $id) (include "stagedoor.packageName" .package) -}}
          {{- $wanted = append $wanted (include "stagedoor.packageKey" .package) -}}
        {{- end -}}
      {{- end -}}
      {{- if not $wanted -}}
        {{- fail (printf "%s: no package in dynamicPlugins.plugins is named after plugin %s; list its packages: {id: %s, packages: [...]}" $where $id $id) -}}
      {{- end -}}
    {{- else -}}
      {{- range $package := $item.packages -}}
        {{- $key := include "stagedoor.packageKey" $package -}}
        {{- if not (has $key $keys) -}}
          {{- fail (printf "%s: dynamicPlugins.plugins does not contain package %s of plugin %s" $where $package $id) -}}
        {{- end -}}
        {{- $wanted = append $wanted $key -}}
      {{- end -}}
    {{- end -}}
    {{- range $key := $wanted -}}
      {{- with get $keyOwner $key -}}
        {{- fail (printf "%s: package %s is already in backends.%s" $where $key .) -}}
      {{- end -}}
      {{- $_ := set $keyOwner $key $name -}}
    {{- end -}}
  {{- end -}}
  {{- $plugins := list -}}
  {{- range $entries -}}
    {{- if eq $name (get $keyOwner (include "stagedoor.packageKey" .package)) -}}
      {{- if or (hasPrefix "ref://" .package) (contains "{{inherit}}" .package) -}}
        {{- fail (printf "%s: %s takes its version from an include, which only the default backend reads; set the version" $where .package) -}}
      {{- end -}}
      {{- $plugins = append $plugins . -}}
    {{- end -}}
  {{- end -}}
  {{- $settings := include "stagedoor.settings" (dict "values" $.Values "backend" $backend) | fromJson -}}
  {{- $full := printf "%s-%s" (include "stagedoor.fullname" $) $name -}}
  {{- $split = append $split (dict "name" $name "fullname" $full "ids" $ids "plugins" $plugins "settings" $settings) -}}
{{- end -}}
{{- $rest := list -}}
{{- $moved := list -}}
{{- range $entries -}}
  {{- if get $keyOwner (include "stagedoor.packageKey" .package) -}}
    {{- $moved = append $moved . -}}
  {{- else -}}
    {{- $rest = append $rest . -}}
  {{- end -}}
{{- end -}}
{{- $settings := include "stagedoor.settings" (dict "values" .Values "backend" dict) | fromJson -}}
{{- $default := dict "name" "default" "fullname" (include "stagedoor.fullname" .) "ids" list "plugins" $rest "moved" $moved "settings" $settings -}}
{{- include "stagedoor.checkDatabase" . -}}
{{- include "stagedoor.checkSignatures" . -}}
{{- dict "backends" (prepend $split $default) | toJson -}}
{{- end -}}

{{/* What a backend may set for itself; the rest is as in the values above it. */}}
{{- define "stagedoor.settings" -}}
{{- $own := pick .backend "replicas" "resources" "autoscaling" "podDisruptionBudget" "topologySpread" "podAnnotations" "nodeSelector" "tolerations" "affinity" "extraEnv" -}}
{{- $common := pick .values "replicas" "resources" "autoscaling" "podDisruptionBudget" "topologySpread" "podAnnotations" "nodeSelector" "tolerations" "affinity" "extraEnv" -}}
{{- mergeOverwrite (deepCopy $common) (deepCopy $own) (dict "appConfig" (.backend.appConfig | default dict)) | toJson -}}
{{- end -}}

{{/* Refuses what several processes cannot share. */}}
{{- define "stagedoor.checkDatabase" -}}
{{- if eq .Values.database.client "pg" -}}
  {{- if not .Values.database.host -}}{{- fail "database.host: required with database.client: pg" -}}{{- end -}}
  {{- if not .Values.database.passwordSecret.name -}}{{- fail "database.passwordSecret.name: required with database.client: pg" -}}{{- end -}}
  {{- if not (or .Values.database.user .Values.database.userSecret.name) -}}{{- fail "database.user: this or database.userSecret.name is required with database.client: pg" -}}{{- end -}}
{{- else if or .Values.backends .Values.autoscaling.enabled (gt (int .Values.replicas) 1) -}}
  {{- fail "database.client: backends, autoscaling and replicas above 1 require pg, because each pod would have its own SQLite" -}}
{{- end -}}
{{- end -}}

{{/* The portal would not start. */}}
{{- define "stagedoor.checkSignatures" -}}
{{- with .Values.signatures -}}
{{- if and (eq .mode "require") (not .trustedKeys) (not .trustedKeysFrom) -}}
  {{- fail "signatures.trustedKeys: this or signatures.trustedKeysFrom is required with mode: require" -}}
{{- end -}}
{{- end -}}
{{- end -}}
