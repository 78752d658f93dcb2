// Why: `contrail completion`: a shell that completes is told the commands once, in a script, and asks no program while someone types.
import type { Command, CommandShape } from '../command-line.js'
import { bashScript } from './completion/bash.js'
import { fishScript } from './completion/fish.js'
import { zshScript } from './completion/zsh.js'

const SCRIPTS: Readonly<Record<string, (shape: CommandShape) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

const HOW = `
Put this into the file that your shell reads at its start:
  bash (~/.bashrc)                  eval "$(contrail completion bash)"
  zsh  (~/.zshrc, after compinit)   eval "$(contrail completion zsh)"
  fish (~/.config/fish/config.fish) contrail completion fish | source
It completes \`contrail\`, where that is on your PATH: export PATH="./node_modules/.bin:$PATH"`

/** `contrail completion`. @param wholeShape tells everything that there is to complete */
export function define(wholeShape: () => Promise<CommandShape>) {
  return (command: Command): void => {
    command
      .addArgument(command.createArgument('<shell>', 'for which shell').choices(Object.keys(SCRIPTS)))
      .addHelpText('after', HOW)
      .action(async (shell: string) => {
        process.stdout.write(SCRIPTS[shell]?.(await wholeShape()) ?? '')
      })
  }
}
