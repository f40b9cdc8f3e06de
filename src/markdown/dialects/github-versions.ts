/** Conditions on the version of the docs, as GitHub Docs writes them. The page's version is `currentVersion` of its values. */
type Values = Readonly<Record<string, string>>

/** Versions by the names that they have in conditions and in front matter. */
const versionNames: Readonly<Record<string, string>> = {
  fpt: 'fpt',
  ghec: 'ghec',
  ghes: 'ghes',
  ghae: 'ghae',
  'free-pro-team': 'fpt',
  'enterprise-cloud': 'ghec',
  'enterprise-server': 'ghes',
  'github-ae': 'ghae',
}

/** The versions that a `versions` key names, in the order of the site, whose first is the one without a prefix. */
export function versionsIn(versions: unknown, values: Values): string[] {
  const all = Object.values(versionNames)
  if (typeof versions !== 'object' || versions === null) return []
  const named = new Set(
    Object.entries(versions).flatMap(([name, range]) =>
      name === 'feature'
        ? [range].flat().flatMap((feature) => values[`features.${String(feature)}`]?.split(' ') ?? [])
        : [versionNames[name] ?? ''],
    ),
  )
  return [...new Set(all)].filter((version) => named.has(version))
}

/** The part of a line that a conditional shows, and where the conditional ends; offsets count from the line's beginning. */
export interface Shown {
  readonly start: number
  readonly end: number
  readonly after: number
}

interface Branch {
  readonly condition: string | null
  readonly start: number
  readonly end: number
}

/**
 * What the conditional that begins at `p` of a line shows in the page's version: an empty part if none of its branches.
 * Null if it does not end in the line, or if a condition is not known.
 */
export function shownAt(line: string, p: number, values: Values): Shown | null {
  const read = branchesAt(line, p)
  if (!read) return null
  for (const {condition, start, end} of read.branches) {
    const holds = condition === null ? true : conditionHolds(condition, values)
    if (holds === null) return null
    if (holds) return {start, end, after: read.after}
  }
  return {start: read.after, end: read.after, after: read.after}
}

/** Where the conditional ends whose shown branch ends at `p` of a line; null if none is open there. */
export function endOfOpenAt(line: string, p: number, values: Values): number | null {
  for (const {index} of line.slice(0, p).matchAll(/\{%-?\s*if(?:version)?\s/g)) {
    const shown = shownAt(line, index, values)
    if (shown && shown.end === p) return shown.after
  }
  return null
}

/** A line with its conditionals resolved. */
export function resolvedLine(line: string, values: Values): string {
  let text = line
  for (let p = text.search(opening); p >= 0; ) {
    const shown = shownAt(text, p, values)
    if (shown) text = text.slice(0, p) + text.slice(shown.start, shown.end) + text.slice(shown.after)
    const next = text.slice(shown ? p : p + 1).search(opening)
    p = next < 0 ? -1 : next + (shown ? p : p + 1)
  }
  return text
}

const opening = /\{%-?\s*if(?:version)?\s/

function branchesAt(line: string, p: number): {branches: Branch[]; after: number} | null {
  const tags = /\{%-?\s*(if|ifversion|unless|elsif|else|endif|endunless)\b([^{}%\n]*)%\}/g
  const branches: Branch[] = []
  let open: Omit<Branch, 'end'> | null = null
  let depth = 0
  for (const {0: tag, 1: name, 2: words, index} of line.slice(p).matchAll(tags)) {
    const at = p + index
    if (name === 'if' || name === 'ifversion' || name === 'unless') depth++
    const isOwn = depth === 1
    if (name!.startsWith('end')) depth--
    if (!isOwn) continue
    if (open) branches.push({...open, end: at})
    if (depth === 0) return {branches, after: at + tag.length}
    const condition = name === 'else' ? null : words!.replace(/-$/, '').trim()
    open = {condition, start: at + tag.length}
  }
  return null
}

/** Null if a name in it is not known. */
function conditionHolds(condition: string, values: Values): boolean | null {
  const groups = condition.split(/\s+or\s+/).map((group) => {
    const parts = group.split(/\s+and\s+/).map((part) => partHolds(part.trim(), values))
    return parts.includes(null) ? null : parts.every(Boolean)
  })
  return groups.includes(null) ? null : groups.includes(true)
}

function partHolds(part: string, values: Values): boolean | null {
  const version = values['currentVersion']
  if (version === undefined) return null
  const older = /^currentVersion\s+(==|!=|ver_gt|ver_lt)\s+["']([\w-]+)@[^"']*["']$/.exec(part)
  if (older) return isVersion(version, older[2]!, older[1]!)
  if (/^enterpriseServerVersions contains currentVersion$/.test(part)) return version === 'ghes'
  const [, not, name, operator = '=='] =
    /^(not\s+)?([\w-]+)(?:\s*(=|!=|<=|>=|<|>)\s*["']?[\d.]+["']?)?$/.exec(part) ?? []
  if (name === undefined) return null
  const feature = values[`features.${name}`]
  const holds =
    feature === undefined ? isVersion(version, name, operator) : feature.split(' ').includes(version)
  return holds === null || not === undefined ? holds : !holds
}

/** The page shows the newest release, so a version is above any other of its own. */
function isVersion(version: string, name: string, operator: string): boolean | null {
  const wanted = versionNames[name]
  if (wanted === undefined) return null
  if (operator === '!=') return version !== wanted
  return version === wanted && !/^(?:<=?|ver_lt|=)$/.test(operator)
}
