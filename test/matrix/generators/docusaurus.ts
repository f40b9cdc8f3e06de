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
  ownPages: ['404.html'],
  known: {},
}
