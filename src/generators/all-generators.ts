import {astro} from './astro/astro.ts'
import {docc} from './docc/docc.ts'
import {docfx} from './docfx/docfx.ts'
import {docsify} from './docsify/docsify.ts'
import {docusaurus} from './docusaurus/docusaurus.ts'
import {elasticDocs} from './elastic-docs/elastic-docs.ts'
import {fumadocs} from './fumadocs.ts'
import type {Generator} from './generator.ts'
import {gitbook} from './gitbook/gitbook.ts'
import {githubDocs} from './github-docs/github-docs.ts'
import {hashicorp} from './hashicorp/hashicorp.ts'
import {hugo} from './hugo/hugo.ts'
import {jekyll} from './jekyll/jekyll.ts'
import {jupyterBook} from './jupyter-book.ts'
import {mdbook} from './mdbook/mdbook.ts'
import {mintlify} from './mintlify/mintlify.ts'
import {mkdocs} from './mkdocs/mkdocs.ts'
import {mystmd} from './mystmd.ts'
import {nextra} from './nextra/nextra.ts'
import {nuxtContent} from './nuxt-content/nuxt-content.ts'
import {obsidian} from './obsidian.ts'
import {plain} from './plain.ts'
import {quartz} from './quartz.ts'
import {sphinx} from './sphinx.ts'
import {starlight} from './starlight/starlight.ts'
import {sveltejs} from './sveltejs.ts'
import {vitepress} from './vitepress.ts'
import {vuepress} from './vuepress.ts'
import {zola} from './zola/zola.ts'

/**
 * All generators. Where one folder shows the marks of several, the earlier one is taken: those with a configuration file
 * of their own come before those whose file name others use too.
 */
export const allGenerators: readonly Generator[] = [
  docusaurus,
  mkdocs,
  vitepress,
  vuepress,
  starlight,
  astro,
  nextra,
  fumadocs,
  nuxtContent,
  quartz,
  mdbook,
  hugo,
  zola,
  mystmd,
  jupyterBook,
  docfx,
  elasticDocs,
  gitbook,
  mintlify,
  sphinx,
  hashicorp,
  docsify,
  sveltejs,
  jekyll,
  githubDocs,
  docc,
  obsidian,
  plain,
]

/** The generator with a name; null for an unknown name. */
export function generatorNamed(name: string): Generator | null {
  return allGenerators.find((generator) => generator.name === name) ?? null
}
