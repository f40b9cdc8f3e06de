import {join} from 'node:path'
import {runProgram} from '../programs.ts'
import type {SiteGenerator} from './generator.ts'

export const hugo: SiteGenerator = {
  name: 'hugo',
  from: {debian: 'hugo'},
  inSmoke: true,
  pages: 'content',
  nameOf: (path) => path.replace(/(^|\/)index\.md$/, '$1_index.md'),
  build(project) {
    runProgram('hugo', ['--quiet'], {cwd: project})
    return join(project, 'public')
  },
  isContent: (tag) => tag === 'main',
  isSidebar: (tag) => tag === 'nav',
  sidebarsOn: ['/places/'],
  // Lists of the pages in folders that have none of their own, and a redirect.
  ownPages: [
    'en/index.html',
    'fr/index.html',
    'fr/news/index.html',
    'hidden/index.html',
    'news/index.html',
    'notes/index.html',
    'pt-br/guides/index.html',
    'pt-br/index.html',
    'pt-br/news/index.html',
    'reference/index.html',
    'tools/index.html',
  ],
  known: {
    'content/reference/headings.md: “Bold and strong words” has no element #bold-and-strong-words':
      'the id is made of the source, markup included',
    'content/reference/headings.md: “A link in a heading” has no element #a-link-in-a-heading':
      'the id is made of the source, markup included',
    'content/reference/headings.md: “Fish & chips © 2026” has no element #fish--chips--2026':
      'the id is made of the source, in which the entities are words',
    'content/reference/headings.md: “snake_case_name and init” has no element #snake_case_name-and-init':
      'the id is made of the source, markup included',
    'content/reference/headings.md: “Two spaces and tabs” has no element #two-spaces-and-tabs':
      'the id is made of the source, in which no spaces are joined',
    'content/reference/headings.md: no section begins at #in-a-quote, “In a quote”':
      'headings inside quotes and lists begin no section in Docent',
    'content/reference/headings.md: no section begins at #in-a-list, “In a list”':
      'headings inside quotes and lists begin no section in Docent',
  },
}
