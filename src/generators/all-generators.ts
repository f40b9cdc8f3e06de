import {astro} from './astro.ts'
import {docsify} from './docsify.ts'
import {docusaurus} from './docusaurus.ts'
import {fumadocs} from './fumadocs.ts'
import type {Generator} from './generator.ts'
import {hashicorp} from './hashicorp.ts'
import {hugo} from './hugo.ts'
import {jekyll} from './jekyll.ts'
import {mdbook} from './mdbook.ts'
import {mintlify} from './mintlify.ts'
import {mkdocs} from './mkdocs.ts'
import {nextra} from './nextra.ts'
import {nuxtContent} from './nuxt-content.ts'
import {plain} from './plain.ts'
import {sphinx} from './sphinx.ts'
import {starlight} from './starlight.ts'
import {sveltejs} from './sveltejs.ts'
import {vitepress} from './vitepress.ts'
import {vuepress} from './vuepress.ts'

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
  mdbook,
  hugo,
  mintlify,
  sphinx,
  hashicorp,
  docsify,
  sveltejs,
  jekyll,
  plain,
]

/** The generator with a name; null for an unknown name. */
export function generatorNamed(name: string): Generator | null {
  return allGenerators.find((generator) => generator.name === name) ?? null
}
