import {cpSync, readdirSync} from 'node:fs'
import {join, sep} from 'node:path'
import {type Cell, chosenCells, type Kind} from '../cell.ts'
import {installPackages, isInstalled, root, temporaryFolder} from '../programs.ts'
import {builtSite} from './built-site.ts'
import {differencesOf, pagesOf} from './compare.ts'
import {docusaurus} from './docusaurus.ts'
import type {SiteGenerator} from './generator.ts'
import {hugo} from './hugo.ts'
import {jekyll} from './jekyll.ts'
import {mkdocs} from './mkdocs.ts'
import {nextra} from './nextra.ts'
import {sphinx} from './sphinx.ts'
import {starlight} from './starlight.ts'
import {vitepress} from './vitepress.ts'

/** To add a generator, add a file, a folder in test/fixtures/sites and an item here. */
const all: readonly SiteGenerator[] = [vitepress, docusaurus, starlight, nextra, hugo, mkdocs, jekyll, sphinx]

const fixtures = join(root, 'test/fixtures/sites')

/** Real site generators build a small documentation; Docent must make the same links into it as they do. */
export const generators: Kind = {
  name: 'generators',
  help: '[NAME…] Site generators: their routes and anchors are the same as those of Docent.',
  options: [],
  cells(names, {smoke}) {
    return chosenCells(
      all,
      names,
      ({name}, asked) => name === asked,
      ({name}) => name,
    )
      .filter(({inSmoke}) => !smoke || inSmoke)
      .map(
        (generator): Cell => ({
          name: generator.name,
          skipped: missingProgram(generator),
          run: () => tryGenerator(generator),
        }),
      )
  },
}

/** In CI, where everything should be installed, a missing program makes the cell fail instead. */
function missingProgram({from}: SiteGenerator): string | null {
  if (
    'packages' in from ||
    process.env['CI'] !== undefined ||
    isInstalled(from.program ?? from.debian, ['--help'])
  )
    return null
  return `needs the Debian package ${from.debian}`
}

async function tryGenerator(generator: SiteGenerator): Promise<string> {
  const project = temporaryFolder(generator.name)
  copyProject(generator, project)
  if ('packages' in generator.from) installPackages(generator.from.packages, project)
  const built = builtSite(generator.build(project), generator)
  const found = await pagesOf(project)
  const differences = differencesOf(found, built, generator)

  const unknown = differences.filter((difference) => generator.known[difference] === undefined)
  const resolved = Object.keys(generator.known).filter((difference) => !differences.includes(difference))
  const lines = [
    ...unknown.map((difference) => `new: ${difference}`),
    ...resolved.map((difference) => `resolved, remove it from the list: ${difference}`),
  ]
  if (lines.length > 0) throw new Error(`${lines.length} differences\n${lines.join('\n')}`)
  const {pages} = found
  const sections = pages.reduce((sum, page) => sum + page.sections.length, 0)
  return `${pages.length} pages, ${sections} sections, ${differences.length} known differences`
}

/** Copies the shared pages, and the files of this site only. */
function copyProject({name, pages, nameOf = (path) => path}: SiteGenerator, project: string): void {
  cpSync(join(fixtures, name), project, {recursive: true})
  const shared = join(fixtures, 'pages')
  for (const file of readdirSync(shared, {recursive: true, encoding: 'utf8'})) {
    if (!file.endsWith('.md')) continue
    cpSync(join(shared, file), join(project, pages, nameOf(file.replaceAll(sep, '/'))))
  }
}
