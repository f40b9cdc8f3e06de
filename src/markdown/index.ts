export {cutterVersion} from './cutter-version.ts'
export type {Fate, Fidelity, FidelityNote} from './fidelity.ts'
export {type ParsedPage, type ParseOptions, parsePage} from './parse-page.ts'
export {plainTextOf, type RenderOptions, renderPage} from './render-page.ts'
export {
  detectSite,
  isSiteConfig,
  type ProjectFile,
  plainSite,
  type SiteGenerator,
  type SiteRules,
  siteRulesOf,
} from './site.ts'
