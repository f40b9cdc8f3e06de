import {astro} from './astro.ts'
import {docc} from './docc.ts'
import {docfx} from './docfx.ts'
import {docsify} from './docsify.ts'
import {docusaurus} from './docusaurus.ts'
import {elasticDocs} from './elastic-docs.ts'
import {fumadocs} from './fumadocs.ts'
import type {Generator} from './generator.ts'
import {gitbook} from './gitbook.ts'
import {githubDocs} from './github-docs.ts'
import {hashicorp} from './hashicorp.ts'
import {hugo} from './hugo.ts'
import {jekyll} from './jekyll.ts'
import {jupyterBook} from './jupyter-book.ts'
import {mdbook} from './mdbook.ts'
import {mintlify} from './mintlify.ts'
import {mkdocs} from './mkdocs.ts'
import {mystmd} from './mystmd.ts'
import {nextra} from './nextra.ts'
import {nuxtContent} from './nuxt-content.ts'
import {obsidian} from './obsidian.ts'
import {plain} from './plain.ts'
import {quartz} from './quartz.ts'
import {sphinx} from './sphinx.ts'
import {starlight} from './starlight.ts'
import {sveltejs} from './sveltejs.ts'
import {vitepress} from './vitepress.ts'
import {vuepress} from './vuepress.ts'
import {zola} from './zola.ts'

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
