// Why: how paths and names grow as routes are nested.

/** Joins paths; slashes at the seams, and a slash at the end, do not matter. An optional part brings its own slash. */
export function joinPath(base: string, path: string): string {
  const trimmed = path
    .normalize('NFC')
    .replace(/^\/+(?=[^(]|$)|\/+$/g, '')
    .replace(/^\/*\(\/*/, '(/')
  if (trimmed === '') return base || '/'
  return `${base === '/' ? '' : base}${trimmed.startsWith('(') ? '' : '/'}${trimmed}`
}

/** Words joined in camelCase: `admin` and `blog_posts` make `adminBlogPosts`. */
export function camelCase(...words: readonly string[]): string {
  const joined = words
    .filter((word) => word !== '')
    .map((word, index) => (index === 0 ? word : word[0]?.toUpperCase() + word.slice(1)))
    .join('')
  return joined.replace(/[-_/.]+(\w)/g, (_, letter: string) => letter.toUpperCase())
}
