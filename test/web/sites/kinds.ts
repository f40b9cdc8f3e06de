import type {SiteKind} from './site-kind.ts'

export const vitepress: SiteKind = {
  name: 'vitepress',
  heading: 'VitePress',
  from: 'lock',
  pages: '.',
  needsHeading: true,
  build: [process.execPath, 'node_modules/vitepress/bin/vitepress.js', 'build'],
  output: '.vitepress/dist',
  search: {
    keys: ['Control+k', '/'],
    open: '.VPLocalSearchBox',
    result: '.VPLocalSearchBox .result[href*=settings]',
  },
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
  search: {
    keys: ['s'],
    open: '#mkdocs_search_modal.show, #mkdocs_search_modal.in',
    result: '#mkdocs-search-results a[href*=settings]',
  },
  opens: 'Control+k',
  link: '.navbar a[href$="settings/"]',
  text: '[role=main]',
  dark: null,
  hasRouter: false,
}

export const material: SiteKind = {
  name: 'material',
  heading: 'Material for MkDocs',
  from: {debian: 'mkdocs-material', works: ['/usr/bin/python3', '-c', 'import mkdocs, material']},
  pages: 'docs',
  needsHeading: true,
  build: ['mkdocs', 'build', '--quiet'],
  output: 'site',
  search: {
    keys: ['f', 's', '/'],
    open: '[data-md-toggle=search]:checked',
    result: '.md-search-result__link[href*=settings]',
  },
  opens: 'Control+k',
  link: '.md-nav--primary a[href$="settings/"]:visible',
  text: '.md-content',
  dark: '.md-header__option label:visible',
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
  search: {keys: ['/', 's'], open: '#search:focus', result: '#found a[href*=settings]'},
  opens: 'Control+k',
  link: 'nav a[href="/settings/"]',
  text: 'main',
  dark: '#dark',
  hasRouter: false,
}

export const docusaurus: SiteKind = {
  name: 'docusaurus',
  heading: 'Docusaurus',
  from: {
    packages: [
      '@docusaurus/core@3.10.2',
      '@docusaurus/preset-classic@3.10.2',
      '@easyops-cn/docusaurus-search-local@0.55.1',
      'react@19.2.9',
      'react-dom@19.2.9',
    ],
  },
  pages: 'docs',
  needsHeading: false,
  build: [process.execPath, 'node_modules/@docusaurus/core/bin/docusaurus.mjs', 'build'],
  output: 'build',
  // Once its index is there the search takes the focus again.
  search: {
    keys: ['Control+k'],
    open: '.navbar__search-input[aria-autocomplete]:focus',
    result: '.navbar__search [role=option]:has-text("Settings")',
  },
  opens: 'Control+i',
  link: '.theme-doc-sidebar-menu a[href^="/settings"]',
  text: '.markdown',
  dark: '[class*=colorModeToggle] button',
  hasRouter: true,
}

export const starlight: SiteKind = {
  name: 'starlight',
  heading: 'Starlight',
  // Newer versions of Astro need a newer Node than the oldest that Docent runs on.
  from: {packages: ['astro@5.18.2', '@astrojs/starlight@0.37.7']},
  pages: 'src/content/docs',
  needsHeading: false,
  build: [process.execPath, 'node_modules/astro/astro.js', 'build'],
  output: 'dist',
  search: {
    keys: ['Control+k'],
    open: 'site-search dialog[open]',
    result: '.pagefind-ui__result-link[href*=settings]',
  },
  opens: 'Control+i',
  link: '.sidebar-content a[href="/settings/"]',
  text: '.sl-markdown-content',
  dark: null,
  hasRouter: true,
}

export const nextra: SiteKind = {
  name: 'nextra',
  heading: 'Nextra',
  from: {
    packages: [
      'nextra@4.6.1',
      'nextra-theme-docs@4.6.1',
      'next@15.5.29',
      'react@19.2.9',
      'react-dom@19.2.9',
      'pagefind@1.4.0',
      // Its theme refuses its own properties with newer versions.
      'zod@4.1.12',
    ],
  },
  pages: 'content',
  needsHeading: true,
  build: ['npm', 'run', 'build'],
  output: 'out',
  search: {
    keys: ['Control+k', '/'],
    open: '.nextra-search input:focus',
    result: '[role=option][href*=settings]',
    leave: 'Tab',
  },
  opens: 'Control+i',
  link: 'aside a[href^="/settings"]:visible',
  text: 'article',
  dark: null,
  hasRouter: true,
}
