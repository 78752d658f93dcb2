// Why: once compiled, a private method looks like any other; what the author meant for no one else stands in the source alone.
import { parseTypeScript, type Statement } from './typescript-file.js'

/** A method that anyone may call. */
export interface PublicMethod {
  readonly name: string
  /** Where it begins, counted from 1. */
  readonly line: number
}

/** The public methods that each class of a file writes itself, by the name of the class; `default` where it has none. */
export function publicMethods(text: string, path: string): ReadonlyMap<string, readonly PublicMethod[]> {
  return new Map(parseTypeScript(text, path).program.body.flatMap(classesOf))
}

function classesOf(statement: Statement): [string, PublicMethod[]][] {
  const exported = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
  const declaration = exported ? statement.declaration : statement
  if (declaration?.type !== 'ClassDeclaration') return []
  const methods = declaration.body.body.flatMap((member): PublicMethod[] => {
    if (member.type !== 'ClassMethod' || member.kind !== 'method' || member.static || member.computed) return []
    if (member.accessibility === 'private' || member.accessibility === 'protected') return []
    if (member.key.type !== 'Identifier' && member.key.type !== 'StringLiteral') return []
    const name = member.key.type === 'Identifier' ? member.key.name : member.key.value
    return [{ name, line: member.key.loc?.start.line ?? 1 }]
  })
  return [[declaration.id?.name ?? 'default', methods]]
}
