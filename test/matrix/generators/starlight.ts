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
  ownPages: ['404.html'],
  known: {},
}
