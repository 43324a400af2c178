/** The commands of the guide as npm has them. docs/getting-started/adopt.md says so, too. */
const COMMANDS = [
  [/^yarn workspace (\S+) add (.*)$/gm, 'npm install --workspace $1 $2'],
  [/^yarn workspace (\S+) remove (\S+)$/gm, `npm pkg delete 'dependencies.$2' --workspace $1\nnpm install`],
  [/^yarn workspace (\S+) start$/gm, 'npm start --workspace $1'],
  [/^yarn add --dev (.*)$/gm, 'npm install --save-dev $1'],
  [/^yarn new (.*)$/gm, 'npm run new -- $1'],
  [/^yarn stagedoor (.*)$/gm, 'npx @stagedoor/cli $1'],
  [/^yarn install --immutable$/gm, 'npm ci'],
  [/^yarn tsc$/gm, 'npx tsc'],
  [/^yarn build:backend$/gm, 'npm run build:backend'],
];

/** Commands of the guide, for npm. Throws if one is not known. */
export function npmCommands(commands) {
  const text = COMMANDS.reduce((all, [yarn, npm]) => all.replaceAll(yarn, npm), commands);
  const left = /^yarn .*$/m.exec(text);
  if (left) throw new Error(`What is \`${left[0]}\` with npm?`);
  return text;
}
