import {relative, resolve} from 'node:path'
import type {ContentSource, Diagnostic} from '../../domain/index.ts'
import {cleanText} from '../../lib/clean-text.ts'

/**
 * Prints diagnostics as annotations of their lines in a GitHub Actions job.
 * @see https://docs.github.com/actions/reference/workflow-commands
 */
export function annotate(diagnostics: readonly Diagnostic[], sources: readonly ContentSource[]): void {
  const escaped = (text: string): string =>
    cleanText(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
  const property = (text: string): string => escaped(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
  const names = {error: 'error', warning: 'warning', info: 'notice'} as const
  for (const {path, line, severity, rule, reason, hint} of diagnostics) {
    if (severity === 'info') continue
    const file = fileOf(path, sources)
    const place = [
      ...(file === null ? [] : [`file=${property(file)}`]),
      ...(file === null || line === null ? [] : [`line=${line}`]),
      `title=${property(rule)}`,
    ].join(',')
    const text = `${file === null ? `${path}: ` : ''}${hint ? `${reason} ${hint}` : reason}`
    console.error(`::${names[severity]} ${place}::${escaped(text)}`)
  }
}

/** The file in this working folder; null for one of a repository, which the job has no checkout of. */
function fileOf(path: string, sources: readonly ContentSource[]): string | null {
  const [only] = sources
  const name = path.split('/')[0]
  const source = sources.length === 1 ? only : sources.find((one) => one.name === name)
  if (source?.kind !== 'folder') return null
  const own = sources.length === 1 ? path : path.slice(source.name!.length + 1)
  const root = relative(process.cwd(), resolve(source.folder))
  return [root, own].filter(Boolean).join('/')
}
