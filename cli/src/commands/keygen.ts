import type { CommandModule, Options } from 'yargs';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { exclusiveOptions } from './errors';
import { interruptible } from './interrupt';
import { once, passphraseFileOption, passphraseSource } from './keyOptions';

interface KeygenArguments {
  out: string;
  passphraseFile?: string;
  unencrypted: boolean;
}

const DESCRIPTION = `Create an Ed25519 key pair for signing bundles.

Writes <out>.pem, the private key, encrypted with a passphrase, and <out>.pub.pem, the public key
for verification.`;

/** Every option, in the order of `--help`. */
export const keygenOptions = {
  out: {
    type: 'string',
    default: 'stagedoor-key',
    requiresArg: true,
    describe: 'Path of the key files without extension',
  },
  'passphrase-file': passphraseFileOption,
  unencrypted: {
    type: 'boolean',
    default: false,
    describe: 'Write the private key without a passphrase, for storage that encrypts it',
  },
  json: jsonOption,
} as const satisfies Record<string, Options>;

/** `stagedoor keygen`. */
export function keygenCommand(reporter: Reporter): CommandModule<object, KeygenArguments> {
  return {
    command: 'keygen',
    describe: DESCRIPTION,
    builder: (yargs) => yargs.options(keygenOptions),
    handler: async (args) => {
      const { unencrypted } = args;
      const out = once('out', args.out);
      const passphraseFile = once('passphrase-file', args.passphraseFile);
      if (unencrypted && passphraseFile !== undefined) {
        throw exclusiveOptions('--unencrypted', '--passphrase-file');
      }
      const { writeKeyPair } = await import('../signing/keyFiles');
      const { keyLines } = await import('../report/signing');
      await interruptible(async (signal) => {
        const keys = await writeKeyPair({ ...passphraseSource(passphraseFile, signal), out, unencrypted });
        reporter.done(keyLines(keys), keys);
      });
    },
  };
}
