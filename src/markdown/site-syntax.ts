import {plainSyntax, type SyntaxRules} from './flattening/syntax-rules.ts'
import type {SiteGenerator, SiteRules} from './site.ts'

const own: Readonly<Partial<Record<SiteGenerator, Partial<SyntaxRules>>>> = {
  plain: {mystLines: true},
  sphinx: {mystLines: true},
  hugo: {shortcodesInCode: true},
  vitepress: {templates: true, vue: true},
  mdbook: {hiddenRustLines: true},
  jekyll: {templates: true},
}

/** The syntax rules of a site's generator. */
export function syntaxOf({generator}: SiteRules): SyntaxRules {
  return {...plainSyntax, mystLines: false, ...own[generator]}
}
