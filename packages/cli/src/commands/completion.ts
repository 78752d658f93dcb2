// Why: `contrail completion`: what a shell offers after Tab is what the commands say of themselves, so it is printed from that.
import type { Command, CommandInfo, DefineCommand, OptionInfo } from '../command-line.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const

type Shell = (typeof SHELLS)[number]

/** @param describe tells of the whole program */
export function define(describe: () => Promise<CommandInfo>): DefineCommand {
  return (command: Command) => {
    command
      .addArgument(command.createArgument('<shell>', 'whose script it is').choices(SHELLS))
      .addHelpText('after', HELP)
      .action(async (shell: Shell) => {
        process.stdout.write(SCRIPTS[shell](await describe()))
      })
  }
}

const HELP = `
To have it in every shell:
  bash  contrail completion bash > ~/.local/share/bash-completion/completions/contrail
  zsh   contrail completion zsh > ~/.zfunc/_contrail   (with fpath+=~/.zfunc before compinit in ~/.zshrc)
  fish  contrail completion fish > ~/.config/fish/completions/contrail.fish`

const SCRIPTS: Readonly<Record<Shell, (program: CommandInfo) => string>> = {
  bash: (program) =>
    `# Completes contrail in bash. Made by: contrail completion bash\n# db:migrate is one word.\nCOMP_WORDBREAKS="\${COMP_WORDBREAKS//:}"\n${bashFunction(program)}complete -o default -F _contrail contrail\n`,
  zsh: (program) => `#compdef contrail
# Completes contrail in zsh. Made by: contrail completion zsh
autoload -U +X bashcompinit && bashcompinit
${bashFunction(program)}complete -o default -F _contrail contrail
`,
  fish: fishScript,
}

/** A command, and the words that lead to it: `generate model`. */
interface Place {
  readonly path: string
  readonly parent: string
  readonly info: CommandInfo
}

function placesIn(info: CommandInfo, parent = ''): Place[] {
  return info.commands.flatMap((command) => {
    const path = `${parent} ${command.names[0]}`.trim()
    return [{ path, parent, info: command }, ...placesIn(command, path)]
  })
}

const wordsOf = ({ commands, options }: CommandInfo): string =>
  [...commands.map(({ names }) => names[0]), ...options.map(longName), '--help'].join(' ')

const longName = ({ names }: OptionInfo): string => names.at(-1) as string

function bashFunction(program: CommandInfo): string {
  const places = placesIn(program)
  const steps = places.map(({ path, parent, info }) => {
    const typed = info.names.map((name) => `'${parent}:${name}'`).join('|')
    return `      ${typed}) place='${path}' ;;`
  })
  const values = [{ path: '', info: program }, ...places].flatMap(({ path, info }) =>
    info.options
      .filter(({ takesValue }) => takesValue)
      .map(({ names, choices }) => {
        const typed = names.map((name) => `'${path}:${name}'`).join('|')
        return `    ${typed}) COMPREPLY=(${choices.length > 0 ? `$(compgen -W '${choices.join(' ')}' -- "$current")` : ''}); return ;;`
      }),
  )
  const words = [{ path: '', info: program }, ...places].map(
    ({ path, info }) => `    '${path}') words='${wordsOf(info)}' ;;`,
  )
  return `_contrail() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" place='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$place:$word" in
${steps.join('\n')}
    esac
  done
  case "$place:$before" in
${values.join('\n')}
  esac
  case "$place" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
`
}

function fishScript(program: CommandInfo): string {
  const lines = ['# Completes contrail in fish. Made by: contrail completion fish']
  const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`
  const add = (condition: string, rest: string) => lines.push(`complete -c contrail -n ${quoted(condition)} ${rest}`)
  const seen = (names: readonly string[]) => `__fish_seen_subcommand_from ${names.join(' ')}`
  const tell = (info: CommandInfo, condition: string) => {
    const own = info.commands.flatMap(({ names }) => names)
    const here = own.length === 0 ? condition : `${condition}; and not ${seen(own)}`
    for (const { names, summary } of info.commands) add(here, `-f -a ${names[0]} -d ${quoted(summary)}`)
    for (const { names, summary, takesValue, choices } of info.options) {
      const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
      const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : ''
      add(here, `${flags.join(' ')}${value} -d ${quoted(summary)}`)
    }
    for (const command of info.commands) tell(command, `${condition}; and ${seen(command.names)}`)
  }
  tell(program, 'true')
  return `${lines.join('\n')}\n`
}
