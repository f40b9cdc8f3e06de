import {atIncludes} from '../markdown/dialect-kit.ts'
import type {Generator} from './generator.ts'
import type {AnchorRule} from './shared/anchor-rules.ts'
import {dashed} from './shared/anchor-rules.ts'
import {joinRoute} from './shared/join-route.ts'
import {outsidePages} from './shared/set-aside.ts'

/** The documentation of Svelte's projects: numbered folders in `documentation/docs`, which svelte.dev shows. */
export const sveltejs: Generator = {
  name: 'sveltejs',
  title: 'Svelte’s documentation',
  about: {
    foundBy: 'numbered folders in `documentation/docs`',
    routes: 'the last part of the path, without its number',
    anchors: 'those of svelte.dev, below the headings above',
    order: 'numbers',
    syntaxes: '`@include`, quote callouts',
    setAside: '`draft`',
    checked: 'function',
  },
  find(folder) {
    const names = folder.list().includes('documentation/') ? folder.list('documentation/docs') : []
    const isNumbered = names.filter((name) => /^\d{2}-[^/]+\/$/.test(name)).length >= 2
    return isNumbered
      ? {foundIn: 'documentation/docs', config: {roots: [{path: 'documentation/docs', base: '/docs'}]}}
      : null
  },
  conventions: {roots: [{path: 'documentation/docs', base: '/docs'}], routeEnd: 'bare'},
  anchors: {slug, unique: dashed(), avoidsExplicit: false, joinsParents: true} satisfies AnchorRule,
  keepsLetterCase: true,
  mdx: 'never',
  dialects: [atIncludes],
  routeOf({segments, base}) {
    const named = segments.at(-1) === 'index' ? segments.at(-2) : segments.at(-1)
    return joinRoute(base, withoutNumber(named ?? ''))
  },
  setAside: outsidePages,
  positionOf({segments}) {
    const name = segments.at(-1) === 'index' ? segments.at(-2) : segments.at(-1)
    const number = /^(\d+)-/.exec(name ?? '')?.[1]
    return number === undefined ? null : Number(number)
  },
}

function withoutNumber(name: string): string {
  return name.replace(/^\d+-/, '')
}

/** `slugify` of svelte.dev's site-kit. */
function slug(text: string): string {
  return text
    .replace(/ {2,}/g, ' ')
    .trim()
    .replace(/’/g, "'")
    .replace(/<\/?[^<>]+>/g, '')
    .replace(/\.\.\./g, '')
    .replace(/[^a-zA-Z0-9-$(.):'_]/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^-|-$/g, '')
}
