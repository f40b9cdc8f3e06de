import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {dependencyNotes} from '../dependency-notes.ts'

/** The table of the dependencies of the package in `root`. @throws Error for a package without a note, or a note without a package. */
export function dependenciesMarkdown(root: string): string {
  const given = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'optionalDependencies',
    Record<string, string>
  >
  const dependencies = Object.fromEntries(
    Object.entries({...given.dependencies, ...given.optionalDependencies}).sort(([one], [other]) =>
      one < other ? -1 : 1,
    ),
  )
  const unexplained = Object.keys(dependencies).filter((name) => !(name in dependencyNotes))
  const gone = Object.keys(dependencyNotes).filter((name) => !(name in dependencies))
  if (unexplained.length + gone.length > 0) {
    throw new Error(
      `scripts/dependency-notes.ts and package.json differ. Not explained: ${unexplained.join(', ') || 'none'}. Explained but not installed: ${gone.join(', ') || 'none'}.`,
    )
  }
  const rows = Object.entries(dependencies).map(
    ([name, version]) => `| \`${name}\` | ${version.replace(/^npm:/, '')} | ${dependencyNotes[name]} |`,
  )
  return ['| Package | Version | What it does for us |', '|---|---|---|', ...rows].join('\n')
}
