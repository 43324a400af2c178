{{/*
What tells an entry of dynamicPlugins.plugins from another, as `stagedoor install` does: an npm name without version, an
OCI image with the plugin's path but without tag or digest; anything else as it stands.
*/}}
{{- define "stagedoor.packageKey" -}}
{{- if hasPrefix "oci://" . -}}
{{- regexReplaceAll "^(oci://[^@!]*?)(:[^/:@!]+|@sha256:[0-9a-f]+)?(!.*)?$" . "${1}${3}" -}}
{{- else if or (hasPrefix "./" .) (hasPrefix "../" .) (hasPrefix "/" .) (contains "://" .) -}}
{{- . -}}
{{- else -}}
{{- regexReplaceAll "^(?:npm:)?(@?[^@]+)(@.*)?$" . "${1}" -}}
{{- end -}}
{{- end -}}

{{/* The bare name of a package: without scope, folder, version, suffix of an archive and `-dynamic`. */}}
{{- define "stagedoor.packageName" -}}
{{- $last := include "stagedoor.packageKey" . | splitList "!" | last | base -}}
{{- regexReplaceAll "(-[0-9]+\\.[0-9]+\\.[0-9]+[^/]*)?\\.t(ar\\.)?gz$" $last "" | trimSuffix "-dynamic" -}}
{{- end -}}
