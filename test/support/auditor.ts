import type { Backend } from '@backstage/backend-app-api';
import {
  coreServices,
  createServiceFactory,
  type AuditorServiceCreateEventOptions,
} from '@backstage/backend-plugin-api';

/** What the auditor was told once. */
export interface AuditEntry {
  eventId: string;
  status: 'initiated' | 'succeeded' | 'failed';
  severityLevel?: string;
  /** Of the request; absent where there was none. */
  path?: string;
  meta: Record<string, unknown>;
  /** Code of the error, or its name. */
  error?: string;
}

/** An auditor that keeps what the admin plugin tells it. */
export function recordingAuditor() {
  const entries: AuditEntry[] = [];
  let failing = false;
  const note = (options: AuditorServiceCreateEventOptions, status: AuditEntry['status'], more: object = {}): void => {
    if (failing) throw new Error('The audit trail is full');
    const { eventId, severityLevel, request, meta } = options;
    entries.push({ eventId, status, severityLevel, path: request?.originalUrl, ...more, meta: { ...meta, ...more } });
  };
  return {
    entries,
    /** From now on every call is rejected. */
    fail: () => void (failing = true),
    install: (portal: Backend): void =>
      portal.add(
        createServiceFactory({
          service: coreServices.auditor,
          deps: { plugin: coreServices.pluginMetadata },
          factory: ({ plugin }) => ({
            createEvent: async (options) => {
              if (plugin.getId() !== 'dynamic-plugins') return { success: async () => {}, fail: async () => {} };
              note(options, 'initiated');
              return {
                success: async (end) => note({ ...options, meta: { ...options.meta, ...end?.meta } }, 'succeeded'),
                fail: async ({ error, meta }) => {
                  const code = (error as { code?: string }).code ?? error.name;
                  note({ ...options, meta: { ...options.meta, ...meta } }, 'failed', { error: code });
                },
              };
            },
          }),
        }),
      ),
  };
}
