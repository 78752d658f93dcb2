// Why: completion for zsh, which shows what each word means.
import type { CommandShape } from '../../command-line.js'
import { isFile, namesOf, type Place, placesOf } from './places.js'

/** The script: for eval, and for a file _contrail in $fpath. */
export function zshScript(shape: CommandShape): string {
  const places = placesOf(shape)
  return `#compdef contrail
_contrail() {
  local place= last= word files=
  local -a all
  for word in \${words[2,CURRENT-1]}; do
    last=$word
    case $place/$word in
${places.flatMap(way).join('\n')}
    esac
  done
  case "$place $last" in
${places.flatMap(values).join('\n')}
    *)
      case $place in
${places.map(words).join('\n')}
      esac ;;
  esac
  (( \${#all} )) && _describe 'contrail' all
  [[ -n $files ]] && _files
}
if [[ $funcstack[1] == _contrail ]]; then _contrail "$@"; else compdef _contrail contrail; fi
`
}

function way({ path, ways }: Place): string[] {
  return ways.length === 0 ? [] : [`      ${ways.join('|')}) place=${path} ;;`]
}

function values({ path, options }: Place): string[] {
  return options.flatMap((option) => {
    const { value } = option
    if (value === undefined) return []
    const set = isFile(value) ? 'files=1' : `all=(${(value.choices ?? []).map((one) => item(one)).join(' ')})`
    return [
      `    ${namesOf(option)
        .map((name) => `'${path} ${name}'`)
        .join('|')}) ${set} ;;`,
    ]
  })
}

function words({ path, commands, options, choices, takesFiles }: Place): string {
  const all = [
    ...commands.map(({ text, summary }) => item(text, summary)),
    ...choices.map((one) => item(one)),
    ...options.map(({ long, summary }) => item(long, summary)),
  ]
  return `        '${path}') all=(${all.join(' ')})${takesFiles ? ' files=1' : ''} ;;`
}

/** A word and what it means, with a colon between them. */
function item(text: string, summary?: string): string {
  const word = text.replaceAll(':', '\\:')
  return `'${(summary === undefined ? word : `${word}:${summary}`).replaceAll("'", "'\\''")}'`
}
