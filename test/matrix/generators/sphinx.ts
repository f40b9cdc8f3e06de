import {join} from 'node:path'
import {runProgram} from '../programs.ts'
import type {SiteGenerator} from './generator.ts'

export const sphinx: SiteGenerator = {
  name: 'sphinx',
  // It brings Sphinx along.
  from: {debian: 'python3-myst-parser', program: 'sphinx-build'},
  inSmoke: false,
  pages: 'docs',
  build(project) {
    runProgram('sphinx-build', ['-q', '-b', 'html', 'docs', '_site'], {cwd: project})
    return join(project, '_site')
  },
  isContent: (_tag, _classes, role) => role === 'main',
  isSidebar: (_tag, classes) => classes.includes('toctree-wrapper'),
  sidebarsOn: ['/contents.html'],
  ownPages: ['genindex.html', 'search.html'],
  known: {},
}
