import * as z from 'zod';

const fault = { code: z.string().optional(), message: z.string().optional(), hint: z.string().optional() };

const build = z.looseObject({ version: z.string() });

const route = z.looseObject({ pluginId: z.string(), path: z.string(), allow: z.string() });

const health = z.looseObject({ condition: z.string() });

/** The derived state of a plugin; portals of earlier releases have none. */
const summary = z.looseObject({
  state: z.string(),
  message: z.string(),
  since: z.string(),
  runs: build.optional(),
  nextStart: z.looseObject({ why: z.string(), version: z.string().optional() }),
  refused: z.looseObject(fault).optional(),
});

/** A plugin as the admin API describes it, as far as it is read here; the rest is kept for `--json`. */
export const pluginSchema = z.looseObject({
  name: z.string(),
  state: z.string(),
  since: z.string(),
  summary: summary.optional(),
  version: z.string().optional(),
  role: z.string().optional(),
  digest: z.string().optional(),
  pluginIds: z.array(z.string()),
  openedRoutes: z.array(route),
  loaded: build.optional(),
  onDisk: z.looseObject({ version: z.string(), drop: z.string() }).optional(),
  drop: z.string().optional(),
  isolation: z.string().optional(),
  health: z.record(z.string(), health).optional(),
  ...fault,
});

export type PortalPlugin = z.infer<typeof pluginSchema>;

export const pluginListSchema = z.looseObject({
  items: z.array(pluginSchema),
  faults: z.array(z.looseObject(fault)).optional(),
});

export type PortalPluginList = z.infer<typeof pluginListSchema>;

const logLine = z.looseObject({
  id: z.number(),
  time: z.string(),
  version: z.string(),
  level: z.string(),
  source: z.string(),
  message: z.string(),
});

/** One line of a plugin's log. */
export type PortalLogLine = z.infer<typeof logLine>;

/** The latest lines of a plugin's log, oldest first. */
export const logsSchema = z.looseObject({ lines: z.array(logLine), lastId: z.number() });

export type PortalLogs = z.infer<typeof logsSchema>;

const historyEntry = z.looseObject({
  at: z.string(),
  kind: z.string(),
  outcome: z.string(),
  by: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  durationMs: z.number().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});

/** Something that happened to a plugin. */
export type PortalHistoryEntry = z.infer<typeof historyEntry>;

/** What happened to a plugin, latest first. */
export const historySchema = z.looseObject({ items: z.array(historyEntry) });

export type PortalHistory = z.infer<typeof historySchema>;

/** Something that was asked for, and what became of it. */
export const operationSchema = z.looseObject({
  id: z.string(),
  plugin: z.string(),
  status: z.enum(['running', 'succeeded', 'failed']),
  error: z.looseObject(fault).optional(),
});

/** What a change is answered with: the operation, and the plugin when it is complete and there is one. */
export const changeSchema = z.looseObject({ operation: operationSchema, plugin: pluginSchema.optional() });

export const errorSchema = z.looseObject({ error: z.looseObject(fault) });
