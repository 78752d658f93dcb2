// Why: completion for bash 3.2 and newer, without the package bash-completion.
import type { CommandShape } from '../../command-line.js'
import { isFile, namesOf, type Place, placesOf } from './places.js'

/** The script. */
export function bashScript(shape: CommandShape): string {
  const places = placesOf(shape)
  return `# contrail completion bash
_contrail() {
  # By its own: bash takes db:migrate for three words.
  local line=\${COMP_LINE:0:COMP_POINT} place= files= choices= last=
  local -a words
  read -ra words <<< "$line"
  local current=
  case $line in
    *[[:space:]]) ;;
    *) current=\${words[\${#words[@]}-1]}; unset "words[\${#words[@]}-1]" ;;
  esac
  local word
  for word in "\${words[@]:1}"; do
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
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
  if [[ -n $files ]]; then
    compopt -o filenames 2> /dev/null
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
  # What is before a colon stays as it is: bash replaces what is behind it alone.
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*:}"}"}")
  fi
}
complete -F _contrail contrail
`
}

function way({ path, ways }: Place): string[] {
  return ways.length === 0 ? [] : [`      ${ways.join(' | ')}) place=${path} ;;`]
}

function values({ path, options }: Place): string[] {
  return options.flatMap((option) => {
    const { value } = option
    if (value === undefined) return []
    const set = isFile(value) ? 'files=1' : `choices='${(value.choices ?? []).join(' ')}'`
    return [
      `    ${namesOf(option)
        .map((name) => `'${path} ${name}'`)
        .join(' | ')}) ${set} ;;`,
    ]
  })
}

function words({ path, commands, options, choices, takesFiles }: Place): string {
  const all = [...commands.map(({ text }) => text), ...choices, ...options.map(({ long }) => long)]
  return `        '${path}') choices='${all.join(' ')}'${takesFiles ? ' files=1' : ''} ;;`
}
