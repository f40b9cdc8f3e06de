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
  ownPages: ['404.html'],
  known: {},
}
