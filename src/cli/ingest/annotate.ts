import {posix, relative, resolve, sep} from 'node:path'
import type {Diagnostic} from '../../domain/index.ts'
import {cleanText} from '../../lib/clean-text.ts'

/**
 * Prints diagnostics as annotations of their lines in a GitHub Actions job. Files are named below the workspace, the
 * folder of the checked out repository, wherever the job runs in it.
 * @see https://docs.github.com/actions/reference/workflow-commands
 */
export function annotate(diagnostics: readonly Diagnostic[], content: string, workspace: string): void {
  const escaped = (text: string): string =>
    cleanText(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
  const property = (text: string): string => escaped(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
  const root = relative(workspace, resolve(content)).replaceAll(sep, '/')
  const names = {error: 'error', warning: 'warning', info: 'notice'} as const
  for (const {path, line, severity, rule, reason, hint} of diagnostics) {
    if (severity === 'info') continue
    const file = property(posix.join(root, path))
    const place = line === null ? `file=${file}` : `file=${file},line=${line}`
    console.error(
      `::${names[severity]} ${place},title=${property(rule)}::${escaped(hint ? `${reason} ${hint}` : reason)}`,
    )
  }
}
