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
  ownPages: [],
  known: {},
}
