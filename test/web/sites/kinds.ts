import type {SiteKind} from './site-kind.ts'

export const vitepress: SiteKind = {
  name: 'vitepress',
  heading: 'VitePress',
  from: 'lock',
  pages: '.',
  needsHeading: true,
  build: [process.execPath, 'node_modules/vitepress/bin/vitepress.js', 'build'],
  output: '.vitepress/dist',
  search: {keys: ['Control+k', '/'], open: '.VPLocalSearchBox'},
  opens: 'Control+i',
  link: '.VPSidebar a[href="/settings.html"]',
  text: '.vp-doc',
  dark: '.VPNavBarAppearance button',
  hasRouter: true,
}

export const mkdocs: SiteKind = {
  name: 'mkdocs',
  heading: 'MkDocs',
  from: {debian: 'mkdocs'},
  pages: 'docs',
  needsHeading: true,
  build: ['mkdocs', 'build', '--quiet'],
  output: 'site',
  search: {keys: ['s'], open: '#mkdocs_search_modal.show, #mkdocs_search_modal.in'},
  opens: 'Control+k',
  link: '.navbar a[href$="settings/"]',
  text: '[role=main]',
  dark: null,
  hasRouter: false,
}

export const hugo: SiteKind = {
  name: 'hugo',
  heading: 'Hugo',
  from: {debian: 'hugo'},
  pages: 'content',
  nameOf: (name) => (name === 'index.md' ? '_index.md' : name),
  needsHeading: false,
  build: ['hugo', '--quiet'],
  output: 'public',
  search: {keys: ['/', 's'], open: '#search:focus'},
  opens: 'Control+k',
  link: 'nav a[href="/settings/"]',
  text: 'main',
  dark: '#dark',
  hasRouter: false,
}
