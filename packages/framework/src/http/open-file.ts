// Why: a file's name may come from a stranger. It is opened only below the folder it is to be in, links followed, and what
// is no plain file is not there.
import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** A file that is open; whoever has it closes it. */
export interface OpenFile {
  readonly handle: FileHandle
  readonly stats: Stats
  /** Its real path, without links. */
  readonly path: string
}

/** Names that begin with a dot are nobody's business, but for what is published under this one (RFC 8615). */
const PUBLISHED = '.well-known'

/** Whether a name, decoded, stays where it is looked for: no dot files, no way up, no other disk, no empty part. */
export function isPlainName(name: string): boolean {
  if (name === '' || /[\0\\:]/.test(name)) return false
  return name
    .split('/')
    .every((part, index) => part !== '' && (!part.startsWith('.') || (index === 0 && part === PUBLISHED)))
}

/**
 * Opens a file below a folder; undefined when there is none, and for whatever leads out of it.
 * @param root an absolute path
 * @param name a path below it, with slashes, decoded
 */
export async function openBelow(root: string, name: string): Promise<OpenFile | undefined> {
  if (!isPlainName(name)) return undefined
  return await unlessAbsent(async () => {
    const [folder, path] = await Promise.all([realpath(root), realpath(join(root, name))])
    return path.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? await openPlain(path) : undefined
  })
}

/**
 * Opens a file where it was found before; undefined when there is none any more, when there is a link in its place, and where
 * that cannot be told.
 * @param path its real path, at the time
 */
export async function openFound(path: string): Promise<OpenFile | undefined> {
  // Windows follows every link.
  return constants.O_NOFOLLOW === undefined ? undefined : await unlessAbsent(() => openPlain(path))
}

/** Opens a file that the app named itself; undefined when there is none. */
export async function openNamed(path: string): Promise<OpenFile | undefined> {
  if (path.includes('\0') || path.split(/[\\/]/).includes('..')) return undefined
  return await unlessAbsent(async () => await openPlain(await realpath(path)))
}

/** Not through a link that was put there since, and without waiting for the other end of a pipe. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

async function openPlain(path: string): Promise<OpenFile | undefined> {
  const handle = await open(path, FLAGS)
  try {
    const stats = await handle.stat()
    if (stats.isFile()) return { handle, stats, path }
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  return undefined
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EISDIR', 'EACCES', 'EPERM', 'ENXIO', 'EINVAL'])

async function unlessAbsent<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
