import picomatch from 'picomatch'

type Matcher = (path: string) => boolean

/** Compiled globs: sites have a few, which every page is compared with. */
const compiled = new Map<string, Matcher>()
const maxCompiled = 500

/** Whether a path matches one of some globs (`**`, `*`, `?`, `[…]`, `{…}`). A pattern that does not parse matches nothing. */
export function matchesAny(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matcherOf(glob)(path))
}

/** Whether the lines of a `.gitignore` ignore a file. Later lines win; `!` takes a path back. */
export function isIgnored(path: string, lines: readonly string[]): boolean {
  let isOut = false
  for (const line of lines) {
    const pattern = line.replace(/(?<!\\)\s+$/, '')
    if (pattern === '' || pattern.startsWith('#')) continue
    const back = pattern.startsWith('!')
    const globs = ignoreGlobs(back ? pattern.slice(1) : pattern)
    if (isOut === back && matchesAny(path, globs)) isOut = !back
  }
  return isOut
}

/** A pattern without a slash in its middle matches at any depth; one of a folder, all that is below it. */
function ignoreGlobs(pattern: string): string[] {
  const isFolder = pattern.endsWith('/')
  const bare = pattern.replace(/\/$/, '')
  const glob = bare.includes('/') ? bare.replace(/^\//, '') : `**/${bare}`
  return isFolder ? [`${glob}/**`] : [glob, `${glob}/**`]
}

function matcherOf(glob: string): Matcher {
  const known = compiled.get(glob)
  if (known) return known
  if (compiled.size >= maxCompiled) compiled.clear()
  const matcher = madeMatcher(glob)
  compiled.set(glob, matcher)
  return matcher
}

function madeMatcher(glob: string): Matcher {
  try {
    return picomatch(glob, {
      dot: true,
      maxLength: 1000,
      fastpaths: false,
      maxExtglobRecursion: false,
    } as never)
  } catch {
    return () => false
  }
}
