import {join} from 'node:path'
import {runProgram} from '../programs.ts'
import type {SiteGenerator} from './generator.ts'

export const docusaurus: SiteGenerator = {
  name: 'docusaurus',
  from: {
    packages: [
      '@docusaurus/core@3.10.2',
      '@docusaurus/preset-classic@3.10.2',
      'react@19.2.9',
      'react-dom@19.2.9',
    ],
  },
  inSmoke: false,
  pages: 'docs',
  build(project) {
    const program = 'node_modules/@docusaurus/core/bin/docusaurus.mjs'
    const env = {...process.env, DISABLE_UPDATE_NOTIFIER: '1'}
    runProgram(process.execPath, [program, 'build', '--no-minify'], {cwd: project, env})
    return join(project, 'build')
  },
  isContent: (tag) => tag === 'article',
  isSidebar: (_tag, classes) => classes.includes('theme-doc-sidebar-menu'),
  sidebarsOn: ['/handbook', '/handbook/next/ids', '/recipes/year-2026/tea'],
  originalOf: (file) => file.replace(/^(?:fr|pt-BR)\//, ''),
  ownPages: [
    '404.html',
    'handbook/next/hidden/unlisted/index.html',
    'news/2026/07/09/unlisted/index.html',
    'news/archive/index.html',
    'news/index.html',
    'news/tags/index.html',
    'news/tags/launch/index.html',
  ],
  known: {
    'docs/first-level.md: “A first heading of its own” has no element #a-first-heading-of-its-own':
      'headings of the first level have no id',
    'docs/first-level.md: “A second heading of the first level” has no element #a-second-heading-of-the-first-level':
      'headings of the first level have no id',
    'docs/with-part.mdx: “Cleaning” has no element #cleaning': 'headings of the first level have no id',
    'versioned_docs/version-1.0/guides/02-whistle.md: “Older kettles” has no element #older-kettles':
      'headings of the first level have no id',
    'versioned_docs/version-1.0/start.md: “The first kettle” has no element #the-first-kettle':
      'headings of the first level have no id',
    'docs/reference/headings.md: “Two spaces and tabs” has no element #two-spaces-and-tabs':
      'the id is made of the source, in which no spaces are joined',
    'docs/reference/headings.md: no section begins at #in-a-quote, “In a quote”':
      'headings inside quotes and lists begin no section in Docent',
    'docs/reference/headings.md: no section begins at #in-a-list, “In a list”':
      'headings inside quotes and lists begin no section in Docent',
    '/manual/handbook/next/ids stands after /manual/handbook/next':
      'in Docent a folder begins with its index',
  },
}
