/**
 * Writes the generated parts of README.md and content/: what stands between `<!-- generated: NAME -->` and
 * `<!-- /generated -->`. Run with: npm run sync-docs, or with -- --check to fail when a part is out of date.
 */
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {parseArgs} from 'node:util'
import {packageRoot} from '../src/package/index.ts'
import {settingsTable} from '../src/settings/settings.ts'
import {dependencyNotes} from './dependency-notes.ts'

const root = packageRoot

const generators: Readonly<Record<string, () => string>> = {
  settings: settingsMarkdown,
  dependencies: dependenciesMarkdown,
}

function settingsMarkdown(): string {
  const rows = settingsTable.map(({name, fallback, meaning, secret}) => {
    const shown = fallback === '' ? 'not set' : `\`${fallback}\``
    return `| \`${name}\` | ${shown} | ${meaning}${secret ? ' Secret.' : ''} |`
  })
  return ['| Name | Default | Meaning |', '|---|---|---|', ...rows].join('\n')
}

function dependenciesMarkdown(): string {
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

/** @throws Error for a marker that names no generator. */
function synced(text: string, file: string): string {
  return text.replace(/<!-- generated: (\w+) -->\n[\s\S]*?<!-- \/generated -->/g, (_, name: string) => {
    const generate = generators[name]
    if (!generate) throw new Error(`${file}: there is no generated part called ${name}`)
    return `<!-- generated: ${name} -->\n${generate()}\n<!-- /generated -->`
  })
}

const {values} = parseArgs({options: {check: {type: 'boolean', default: false}}})
const content = readdirSync(join(root, 'content'), {recursive: true, encoding: 'utf8'}).filter((file) =>
  file.endsWith('.md'),
)
const stale: string[] = []

for (const file of [join(root, 'README.md'), ...content.map((name) => join(root, 'content', name))]) {
  const before = readFileSync(file, 'utf8')
  const after = synced(before, relative(root, file))
  if (after === before) continue
  stale.push(relative(root, file))
  if (!values.check) writeFileSync(file, after)
}

if (values.check && stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run: npm run sync-docs`)
  process.exitCode = 1
} else {
  console.log(stale.length === 0 ? 'The generated parts are up to date.' : `Updated ${stale.join(', ')}.`)
}
