import {join} from 'node:path'
import {runProgram} from '../programs.ts'
import type {SiteGenerator} from './generator.ts'

export const mkdocs: SiteGenerator = {
  name: 'mkdocs',
  from: {debian: 'mkdocs'},
  inSmoke: true,
  pages: 'docs',
  build(project) {
    runProgram('mkdocs', ['build', '--quiet'], {cwd: project})
    return join(project, 'site')
  },
  isContent: (_tag, _classes, role) => role === 'main',
  isSidebar: (_tag, classes) => classes.includes('navbar-nav'),
  ownPages: ['404.html', 'search.html'],
  known: {
    'docs/reference/headings.md: no section begins at #in-a-quote, “In a quote”':
      'headings inside quotes and lists begin no section in Docent',
    'docs/reference/headings.md: no section begins at #in-a-list, “In a list”':
      'headings inside quotes and lists begin no section in Docent',
  },
}
