import {join} from 'node:path'
import {runProgram} from '../programs.ts'
import type {SiteGenerator} from './generator.ts'

/** Newer versions of Astro need a newer Node than the oldest that Docent runs on. */
export const starlight: SiteGenerator = {
  name: 'starlight',
  from: {packages: ['astro@5.18.2', '@astrojs/starlight@0.37.7']},
  inSmoke: false,
  pages: 'src/content/docs',
  build(project) {
    const env = {...process.env, ASTRO_TELEMETRY_DISABLED: '1'}
    runProgram(process.execPath, ['node_modules/astro/astro.js', 'build'], {cwd: project, env})
    return join(project, 'dist')
  },
  isContent: (_tag, classes) => classes.includes('sl-markdown-content'),
  isSidebar: (_tag, classes) => classes.includes('sidebar-pane'),
  originalOf: (file) => file.replace(/^(?:fr|pt-br)\//, ''),
  ownPages: ['404.html', 'unlisted/unsearched/index.html'],
  known: {
    'src/content/docs/reference/headings.md: “--flag=value” has no element #--flagvalue':
      'the id is made after two hyphens have become a dash',
    'src/content/docs/reference/headings.md: “foo -- bar” has no element #foo----bar':
      'the id is made after two hyphens have become a dash',
    'src/content/docs/reference/headings.md: “Two spaces and tabs” has no element #two-spaces-and-tabs':
      'the id is made of the source, in which no spaces are joined',
    'src/content/docs/reference/headings.md: no section begins at #in-a-quote, “In a quote”':
      'headings inside quotes and lists begin no section in Docent',
    'src/content/docs/reference/headings.md: no section begins at #in-a-list, “In a list”':
      'headings inside quotes and lists begin no section in Docent',
  },
}
