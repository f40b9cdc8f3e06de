import {posix, relative, resolve, sep} from 'node:path'
import type {ContentSource, Diagnostic} from '../../domain/index.ts'
import {cleanText} from '../../lib/clean-text.ts'

/**
 * Prints diagnostics as annotations of their lines in a GitHub Actions job. Files are named below the workspace, the
 * folder of the checked out repository, wherever the job runs in it.
 * @see https://docs.github.com/actions/reference/workflow-commands
 */
export function annotate(
  diagnostics: readonly Diagnostic[],
  sources: readonly ContentSource[],
  workspace: string,
): void {
  const escaped = (text: string): string =>
    cleanText(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
  const property = (text: string): string => escaped(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
  const names = {error: 'error', warning: 'warning', info: 'notice'} as const
  for (const {path, line, severity, rule, reason, hint} of diagnostics) {
    if (severity === 'info') continue
    const file = fileOf(path, sources, workspace)
    const place = [
      ...(file === null ? [] : [`file=${property(file)}`]),
      ...(file === null || line === null ? [] : [`line=${line}`]),
      `title=${property(rule)}`,
    ].join(',')
    const text = `${file === null ? `${path}: ` : ''}${hint ? `${reason} ${hint}` : reason}`
    console.error(`::${names[severity]} ${place}::${escaped(text)}`)
  }
}

/** The file below the workspace; null for one of a repository, which the job has no checkout of. */
function fileOf(path: string, sources: readonly ContentSource[], workspace: string): string | null {
  const [only] = sources
  const name = path.split('/')[0]
  const source = sources.length === 1 ? only : sources.find((one) => one.name === name)
  if (source?.kind !== 'folder') return null
  const own = sources.length === 1 ? path : path.slice(source.name!.length + 1)
  return posix.join(relative(workspace, resolve(source.folder)).replaceAll(sep, '/'), own)
}
