// Why: completion for fish, which shows what each word means.
import type { CommandShape } from '../../command-line.js'
import { isFile, type Place, placesOf } from './places.js'

/** The script. */
export function fishScript(shape: CommandShape): string {
  const places = placesOf(shape)
  return `# contrail completion fish
function __contrail_place
    set -l place ''
    for word in (commandline -opc)[2..-1]
        switch "$place/$word"
${places.flatMap(way).join('\n')}
        end
    end
    test "$place" = "$argv[1]"
end
complete -c contrail -e
complete -c contrail -f
${places.flatMap(lines).join('\n')}
`
}

function way({ path, ways }: Place): string[] {
  if (ways.length === 0) return []
  return [`            case ${ways.map(quoted).join(' ')}`, `                set place ${quoted(path)}`]
}

function lines({ path, commands, options, choices, takesFiles }: Place): string[] {
  const start = `complete -c contrail -n ${quoted(`__contrail_place "${path}"`)}`
  return [
    ...commands.map(({ text, summary }) => `${start} -a ${quoted(text)} -d ${quoted(summary)}`),
    ...(choices.length === 0 ? [] : [`${start} -a ${quoted(choices.join(' '))}`]),
    ...(takesFiles ? [`${start} -F`] : []),
    ...options.map(({ long, short, summary, value }) => {
      const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)} -d ${quoted(summary)}`
      if (value === undefined) return start + names
      if (isFile(value)) return `${start}${names} -r -F`
      return `${start}${names} -x${value.choices === undefined ? '' : ` -a ${quoted(value.choices.join(' '))}`}`
    }),
  ]
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
