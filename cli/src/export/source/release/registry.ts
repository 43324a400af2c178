import { npmConnection, npmSettingsReader } from '../../../registry/npmSettings';
import { listPackage, type ListedPackage, type PublishedVersion } from '../../../registry/packument';

/** What the registries that npm is configured with list, each package asked for once. */
export class Registry {
  readonly #known = new Map<string, Promise<ListedPackage>>();

  /** Settings are read as seen from `cwd`. */
  constructor(
    private readonly cwd: string,
    readonly signal?: AbortSignal,
  ) {}

  /** What is listed of a package. Throws what `listPackage` throws. */
  async list(name: string): Promise<ListedPackage> {
    const asked = this.#known.get(name) ?? this.#ask(name);
    this.#known.set(name, asked);
    return await asked;
  }

  /** Its versions, none where the registry does not answer: npm tells, when it installs. */
  async versions(name: string): Promise<PublishedVersion[]> {
    return await this.list(name).then(
      ({ versions }) => versions,
      () => [],
    );
  }

  async #ask(name: string): Promise<ListedPackage> {
    const settings = await readSettings(this.cwd);
    return await listPackage(name, {
      settings,
      connection: npmConnection(settings),
      insecure: settings.strictSSL === false,
      ...(this.signal && { signal: this.signal }),
    });
  }
}

const readSettings = npmSettingsReader();
