import { join } from 'node:path';
import { isFrontendRole } from '@stagedoor/bundle';
import { exportPlugin } from '../export/exportPlugin';
import { readExported, type ExportedPackage } from '../export/plan/plan';
import { temporaryFolder, type TemporaryFolder } from '../temporary/temporaryFolder';
import { findingOf, type Finding } from './finding';
import type { DoctorOptions } from './options';

/** Findings about the plugin package in `dir`: its files, and whether it can be exported. */
export async function examinePlugin(dir: string, { host, signal }: DoctorOptions): Promise<Finding[]> {
  let exported: ExportedPackage;
  try {
    exported = await readExported(dir, false, host);
  } catch (error) {
    return [findingOf(error, 'package.json')];
  }
  return [...conventions(exported), ...(await exportFindings(dir, { host, signal }))];
}

/** Things that people need, although an export does not. */
function conventions({ pkg, self, role, workspace }: ExportedPackage): Finding[] {
  const findings: Finding[] = [];
  const warn = (subject: string, message: string, fix: string): void => {
    findings.push({ level: 'warning', subject, message, fix });
  };
  const { scripts } = self.manifest as { scripts?: Record<string, unknown> };
  if (scripts?.['export-dynamic'] === undefined) {
    warn('package.json', 'No script exports the plugin.', 'Add "export-dynamic": "export-dynamic" to "scripts".');
  }
  if (pkg.backstage?.pluginId === undefined && !isFrontendRole(role)) {
    warn(
      'package.json',
      'backstage.pluginId is missing.',
      'Add the id that the code passes to createBackendPlugin or createBackendModule.',
    );
  }
  if (!workspace.lockfile) {
    warn(
      workspace.root,
      'There is no lockfile, so the versions in a bundle may differ from export to export.',
      'Install with npm, Yarn or pnpm, and commit the lockfile.',
    );
  }
  return findings;
}

/** Exports it without output: finds everything that an export rejects for the target host. */
async function exportFindings(dir: string, options: Pick<DoctorOptions, 'host' | 'signal'>): Promise<Finding[]> {
  let scratch: TemporaryFolder | undefined;
  try {
    scratch = await temporaryFolder('doctor');
    const out = join(scratch.dir, 'bundle');
    const { warnings } = await exportPlugin({ cwd: dir, out, pack: false, startCheck: false, ...options });
    return warnings.map((message) => ({
      level: 'warning',
      subject: 'export',
      message,
      fix: 'See `stagedoor export --explain`.',
    }));
  } catch (error) {
    options.signal?.throwIfAborted();
    return [findingOf(error, 'export')];
  } finally {
    await scratch?.dispose();
  }
}
