import {join} from 'node:path'
import {runProgram} from '../programs.ts'
import type {SiteGenerator} from './generator.ts'

export const vitepress: SiteGenerator = {
  name: 'vitepress',
  from: {packages: ['vitepress@1.6.4']},
  inSmoke: false,
  pages: 'docs',
  build(project) {
    runProgram(process.execPath, ['node_modules/vitepress/bin/vitepress.js', 'build'], {cwd: project})
    return join(project, '.vitepress/dist')
  },
  isContent: (_tag, classes) => classes.includes('vp-doc'),
  isSidebar: (_tag, classes) => classes.includes('VPSidebar'),
  sidebarsOn: ['/', '/fr/bouilloire.html'],
  ownPages: ['404.html', 'unsearched.html'],
  known: {
    'docs/reference/headings.md: “Fish & chips © 2026” has no element #fish-chips-©-2026':
      'the id is made of the source, in which the entities are words',
    'docs/reference/headings.md: no section begins at #in-a-quote, “In a quote”':
      'headings inside quotes and lists begin no section in Docent',
    'docs/reference/headings.md: no section begins at #in-a-list, “In a list”':
      'headings inside quotes and lists begin no section in Docent',
  },
}
