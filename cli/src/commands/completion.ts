import type { CommandModule } from 'yargs';
import type { Reporter } from '../report/reporter';
import { jsonOption } from './commonOptions';
import { NAMED_ACTIONS } from './plugins';

const DESCRIPTION = `Print a script that completes commands in bash, zsh or fish.

It completes commands, options, and the names of the plugins of the portal that STAGEDOOR_PORTAL or
--portal names.`;

/** Before the words of a command line whose last word is to be completed. The scripts call it. */
export const COMPLETE = '--complete';

/** Shell → script. The answer has descriptions where SHELL is zsh. */
const SCRIPTS = {
  bash: `_stagedoor() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(SHELL=bash stagedoor ${COMPLETE} "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o bashdefault -o default -F _stagedoor stagedoor`,
  zsh: `#compdef stagedoor
_stagedoor() {
  local -a reply
  reply=("\${(@f)$(SHELL=zsh stagedoor ${COMPLETE} "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  _describe 'values' reply || _files
}
compdef _stagedoor stagedoor`,
  fish: `complete -c stagedoor -a '(SHELL=fish stagedoor ${COMPLETE} (commandline -opc) (commandline -ct) 2>/dev/null)'`,
};

/** `stagedoor completion <shell>`. */
export function completionCommand(reporter: Reporter): CommandModule<object, { shell: keyof typeof SCRIPTS }> {
  return {
    command: 'completion <shell>',
    describe: DESCRIPTION,
    builder: (yargs) =>
      yargs
        .positional('shell', {
          choices: Object.keys(SCRIPTS) as Array<keyof typeof SCRIPTS>,
          demandOption: true,
          describe: 'Shell that runs the script',
        })
        .option('json', jsonOption)
        .example([
          ['eval "$($0 completion bash)"', 'in ~/.bashrc'],
          ['eval "$($0 completion zsh)"', 'in ~/.zshrc, after compinit'],
          ['$0 completion fish > ~/.config/fish/completions/stagedoor.fish', 'once'],
        ]),
    handler: ({ shell }) => reporter.told(SCRIPTS[shell].split('\n'), { script: SCRIPTS[shell] }),
  };
}

const TIMEOUT_MS = 3000;

/**
 * The names of plugins, where the last of `words` follows an action that takes them; otherwise undefined. Empty without a portal
 * that answers: completion must not print errors.
 */
export async function pluginNames(words: readonly string[]): Promise<string[] | undefined> {
  const action = words[words.indexOf('plugins') + 1];
  const last = words.at(-1) ?? '';
  if (!words.slice(0, -2).includes('plugins') || !NAMED_ACTIONS.includes(String(action)) || last.startsWith('-'))
    return undefined;
  try {
    return await namesAt(words);
  } catch {
    return [];
  }
}

async function namesAt(words: readonly string[]): Promise<string[]> {
  const { portalAddress } = await import('../portal/portalAddress');
  const { PortalClient } = await import('../portal/portalClient');
  const insecure = words.includes('--insecure');
  const settings = {
    portal: valueOf('--portal', words),
    tokenFile: valueOf('--token-file', words),
    tokenStdin: false,
    insecure,
  };
  const address = await portalAddress(settings, process.env, process.cwd());
  const client = new PortalClient(address, { signal: AbortSignal.timeout(TIMEOUT_MS), insecure });
  return (await client.plugins()).items.map(({ name }) => name);
}

function valueOf(option: string, words: readonly string[]): string | undefined {
  const joined = words.find((word) => word.startsWith(`${option}=`));
  if (joined !== undefined) return joined.slice(option.length + 1);
  return words.includes(option) ? words[words.indexOf(option) + 1] : undefined;
}
