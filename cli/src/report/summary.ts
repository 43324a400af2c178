import type { ExportResult } from '../export/result';
import { formatBytes } from './size';
import { unfinishedText } from './unfinished';

/** The summary of an export, line by line. */
export function summaryLines(result: ExportResult): string[] {
  const seconds = (result.durationMs / 1000).toFixed(1);
  const rows: Array<[string, string]> = [
    ['plugin', result.pluginIds.join(', ')],
    ['modules', result.modules.map(({ pluginId, moduleId }) => `${moduleId} (for ${pluginId})`).join(', ')],
    ['opened', openedText(result)],
    ['adds', result.extensions?.join(', ') ?? ''],
    ['not run', unfinishedText(result.unfinished)],
    ['hoisted', result.hoisted.map(({ name, version, reason }) => `${name}@${version} (${reason})`).join(', ')],
    ['size', `${formatBytes(result.bytes)} in ${result.files} files; packages inlined: ${result.inlined.length}`],
    ['folder', result.path],
    ['archive', result.archive ?? ''],
    ['integrity', result.integrity ?? ''],
  ];
  return [
    ...result.warnings.map((warning) => `warning: ${warning}`),
    `exported  ${result.name}@${result.version} in ${seconds} s${result.startCheck === 'passed' ? '' : ', start check skipped'}`,
    ...rows.filter(([, value]) => value !== '').map(([key, value]) => `  ${key.padEnd(9)} ${value}`),
  ];
}

function openedText({ startCheck, openedRoutes, pluginIds, extensions, unfinished = [] }: ExportResult): string {
  if (startCheck === 'skipped' || extensions !== undefined || pluginIds.length === 0) return '';
  const opened = openedRoutes.map(({ pluginId, path, allow }) => `/api/${pluginId}${path} (${allow})`);
  const unknown = pluginIds.filter((id) => unfinished.some(({ pluginId }) => pluginId === id));
  if (unknown.length > 0) opened.push(`unknown for ${unknown.join(', ')}`);
  return opened.join(', ') || 'nothing: every route requires a session';
}
