import {allGenerators} from '../../src/generators/index.ts'
import {routes} from '../../src/http/routes.ts'
import {settingsTable} from '../../src/settings/settings.ts'
import {sourceFolders} from '../architecture.ts'
import {dependenciesMarkdown} from './dependencies.ts'

/** Generates the text between `<!-- generated: NAME -->` and `<!-- /generated -->`, by name, for the checkout in `root`. */
export const generators: Readonly<Record<string, (root: string) => string>> = {
  settings: settingsMarkdown,
  dependencies: dependenciesMarkdown,
  folders: foldersMarkdown,
  map: mapMarkdown,
  routes: routesMarkdown,
  sites: sitesMarkdown,
}

function settingsMarkdown(): string {
  const rows = settingsTable.map(({name, fallback, meaning, secret}) => {
    const shown = fallback === '' ? 'not set' : `\`${fallback}\``
    return `| \`${name}\` | ${shown} | ${meaning}${secret ? ' Secret.' : ''} |`
  })
  return ['| Name | Default | Meaning |', '|---|---|---|', ...rows].join('\n')
}

function foldersMarkdown(): string {
  const rows = sourceFolders.map(({name, about, mayImport, secondEntry, openBecause}) => {
    const imports = mayImport.map((other) => `\`${other}\``).join(', ') || 'none'
    const second = secondEntry ? `; \`${secondEntry.file}\` by \`${secondEntry.importedBy}\`` : ''
    const entry = openBecause === undefined ? `\`index.ts\`${second}` : `any file: ${openBecause}`
    return `| \`${name}\` | ${about} | ${imports} | ${entry} |`
  })
  return ['| Folder | What it holds | Imports | Others import |', '|---|---|---|---|', ...rows].join('\n')
}

/** One line for each folder, aligned. */
function mapMarkdown(): string {
  const entries = sourceFolders.map(({name, about}) => ({name: `${name}/`, about}))
  const width = Math.max(...entries.map(({name}) => name.length))
  return ['```', 'src/', ...entries.map(({name, about}) => `  ${name.padEnd(width)}  ${about}`), '```'].join(
    '\n',
  )
}

function routesMarkdown(): string {
  const rows = routes.map(
    ({method, path, caller, about}) =>
      `| \`${method} ${path.replace(/\*\w+/, '…').replace(/:file/, '…')}\` | ${caller} | ${about} |`,
  )
  return ['| Route | Who | What |', '|---|---|---|', ...rows].join('\n')
}

/** The site generators, one row each. */
function sitesMarkdown(): string {
  const rows = allGenerators
    .filter(({name}) => name !== 'plain')
    .map(({name, title, about}) => {
      const {foundBy, routes: addresses, anchors, order, syntaxes, setAside, checked} = about
      return `| ${title} (\`${name}\`) | ${foundBy} | ${addresses} | ${anchors} | ${order} | ${syntaxes} | ${setAside} | ${checked} |`
    })
  return [
    '| Generator | Found by | Addresses | Anchors | Order | Syntaxes | No pages | Checked |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}
