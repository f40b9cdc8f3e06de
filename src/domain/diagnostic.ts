/** A problem in the content. It is reported, never thrown; the ingest continues. */
export interface Diagnostic {
  /** Below the content root, `/` on every system. */
  readonly path: string
  /** One-based; null for the whole file. */
  readonly line: number | null
  readonly column: number | null
  /** Kebab-case name of the rule, as `duplicate-anchor`. */
  readonly rule: string
  /** `error`: the page could not be read. `warning`: something was lost or looks wrong. `info`: worth knowing. */
  readonly severity: 'error' | 'warning' | 'info'
  readonly reason: string
  /** What the author can do about it. */
  readonly hint?: string
}

/** A problem of a whole file. */
export function fileDiagnostic(
  path: string,
  {hint, ...problem}: Pick<Diagnostic, 'rule' | 'severity' | 'reason'> & {readonly hint?: string | undefined},
): Diagnostic {
  return {path, line: null, column: null, ...problem, ...(hint === undefined ? {} : {hint})}
}

/** By path, then line, then column, then rule. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)
  )
}
