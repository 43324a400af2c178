import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { interruptible } from './interrupt';
import { once, passphraseFileOption, passphraseSource } from './keyOptions';

interface SignArguments {
  bundle: string;
  key: string;
  passphraseFile?: string;
}

const DESCRIPTION = `Sign a bundle folder or archive.

The signature is written to dynamic-bundle.sig beside those of other keys; nothing else changes.
An archive is repacked in place.`;

/** Every option, in the order of `--help`. */
export const signOptions = {
  key: {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    describe: 'Private key file of `stagedoor keygen`',
  },
  'passphrase-file': passphraseFileOption,
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor sign <bundle>`. */
export function signCommand(reporter: Reporter): CommandModule<object, SignArguments> {
  return {
    command: 'sign <bundle>',
    describe: DESCRIPTION,
    builder: (yargs) =>
      yargs
        .positional('bundle', { type: 'string', demandOption: true, describe: 'Bundle folder or .tgz' })
        .options(signOptions),
    handler: async (args) => {
      const key = once('key', args.key);
      const passphraseFile = once('passphrase-file', args.passphraseFile);
      const { openPrivateKey } = await import('../signing/keyFiles');
      const { signTarget } = await import('../signing/signTarget');
      const { signedLines } = await import('../report/signing');
      await interruptible(async (signal) => {
        const source = passphraseSource(passphraseFile, signal);
        const signed = await signTarget(args.bundle, () => openPrivateKey(key, source), { cwd: source.cwd, signal });
        reporter.done(signedLines(signed), signed);
      });
    },
  };
}
