import {join} from 'node:path'
import {runProgram} from '../programs.ts'
import type {SiteGenerator} from './generator.ts'

export const nextra: SiteGenerator = {
  name: 'nextra',
  from: {
    packages: [
      'nextra@4.6.1',
      'nextra-theme-docs@4.6.1',
      'next@15.5.29',
      'react@19.2.9',
      'react-dom@19.2.9',
      // Its theme refuses its own properties with newer versions.
      'zod@4.1.12',
    ],
  },
  inSmoke: false,
  pages: 'content',
  build(project) {
    const env = {...process.env, NEXT_TELEMETRY_DISABLED: '1'}
    runProgram(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {cwd: project, env})
    return join(project, 'out')
  },
  isContent: (tag) => tag === 'main',
  isSidebar: (tag, classes) => tag === 'aside' && classes.includes('nextra-sidebar'),
  ownPages: ['404.html', 'unsearched.html'],
  known: {
    'app/(more)/changes/page.mdx: “Changes” has no element #changes':
      'headings of the first level have no id',
    'content/_underscored.mdx: “A page after all” has no element #a-page-after-all':
      'headings of the first level have no id',
    'content/first-level.md: “A first heading of its own” has no element #a-first-heading-of-its-own':
      'headings of the first level have no id',
    'content/first-level.md: “A second heading of the first level” has no element #a-second-heading-of-the-first-level':
      'headings of the first level have no id',
    'content/reference/headings.md: “Two spaces and tabs” has no element #two-spaces-and-tabs':
      'the id is made of the source, in which no spaces are joined',
    'content/reference/headings.md: no section begins at #in-a-quote, “In a quote”':
      'headings inside quotes and lists begin no section in Docent',
    'content/reference/headings.md: no section begins at #in-a-list, “In a list”':
      'headings inside quotes and lists begin no section in Docent',
    '/manual/guides/advanced/TLS_Certificates stands after /manual/guides/advanced/deep/er/still':
      'Docent orders names whatever their letter case',
    '/manual/changes stands after /manual/first-level': 'Docent orders folders of pages one after the other',
  },
}
