import {join} from 'node:path'
import {runProgram} from '../programs.ts'
import type {SiteGenerator} from './generator.ts'

export const jekyll: SiteGenerator = {
  name: 'jekyll',
  from: {debian: 'jekyll'},
  inSmoke: false,
  pages: '.',
  build(project) {
    runProgram('jekyll', ['build', '--quiet', '--future'], {cwd: project})
    return join(project, '_site')
  },
  isContent: (tag) => tag === 'main',
  ownPages: [],
  known: {
    'notes/README.md: there is no page at /manual/notes/':
      'README.md is a page like any other, but where GitHub builds the site',
    'notes/README.html belongs to no page':
      'README.md is a page like any other, but where GitHub builds the site',
    'reference/headings.md: “--flag=value” has no element #--flagvalue':
      'the id is made after two hyphens have become a dash',
    'reference/headings.md: “Two spaces and tabs” has no element #two-spaces-and-tabs':
      'the id is made of the source, in which no spaces are joined',
    'reference/headings.md: “Twice 1” has no element #twice-1-1':
      'a heading that gets the id of a repeated one shares it',
    'reference/headings.md: no section begins at #in-a-quote, “In a quote”':
      'headings inside quotes and lists begin no section in Docent',
    'reference/headings.md: no section begins at #in-a-list, “In a list”':
      'headings inside quotes and lists begin no section in Docent',
  },
}
